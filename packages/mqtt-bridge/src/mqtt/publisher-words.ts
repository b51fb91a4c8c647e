// Words of the log for a broker that refuses messages, or takes them at a lower quality of service.
export const REFUSED_REMEDY =
  "Let the user of mqtt.username publish to that topic, by the broker's access rules and limits; it is tried again every hour and at each start.";
export const TOO_LARGE_REMEDY = "Raise the broker's limit of the packet size, such as max_packet_size of Mosquitto.";
export const ONE_STEP =
  "The broker answers QoS 2 in one step: an event that a crash interrupts may come twice; event_id tells the two apart";
export const LOW_QOS = "The broker does not take QoS 2: an event may come twice (QoS 1) or be lost (QoS 0)";
