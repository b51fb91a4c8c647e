import {
  bridgeId,
  type Component,
  type Device,
  type DiscoverySettings,
  reads,
  SUPPORT_URL,
  uniqueId,
} from "./device.ts";

/** The bridge itself. */
export function bridgeDevice(settings: DiscoverySettings): Device {
  const { topics, version, pageUrl } = settings;
  const id = bridgeId(settings);
  const diagnostic = (platform: string, key: string, name: string): Component => ({
    platform,
    unique_id: uniqueId(id, key),
    default_entity_id: `${platform}.weighbridge_${key}`,
    name,
    entity_category: "diagnostic",
  });
  return {
    id,
    description: {
      identifiers: [id],
      name: "Weighbridge",
      manufacturer: "Weighbridge",
      model: "MQTT bridge",
      sw_version: version,
      ...(pageUrl === undefined ? {} : { configuration_url: pageUrl }),
    },
    availability: [{ topic: topics.bridgeState }],
    ...(settings.hasUpdateCheck ? {} : { removed: { update: { platform: "update" } } }),
    components: {
      ...(settings.hasUpdateCheck ? { update: updateOf(settings, diagnostic("update", "update", "Update")) } : {}),
      connection: {
        ...diagnostic("binary_sensor", "connection", "Connection"),
        device_class: "connectivity",
        // This entity shows that the bridge is away, so it stays available.
        availability: [],
        state_topic: topics.bridgeState,
        payload_on: "online",
        payload_off: "offline",
      },
      last_notification: {
        ...diagnostic("sensor", "last_notification", "Last notification"),
        device_class: "timestamp",
        ...reads(topics.bridgeInfo, "last_notification"),
      },
      sync_all: {
        ...diagnostic("button", "sync_all", "Sync everybody now"),
        icon: "mdi:cloud-refresh",
        command_topic: topics.request("sync"),
        payload_press: "{}",
      },
    },
  };
}

/** Without a command topic it can only be looked at: the bridge does not install itself. */
const updateOf = ({ topics }: DiscoverySettings, entity: Component): Component => ({
  ...entity,
  state_topic: topics.bridgeUpdate,
  value_template: NO_NULL,
  title: "Weighbridge",
  release_url: `${SUPPORT_URL}/releases`,
});

/** Home Assistant takes no version that is null, and no key that it does not know. */
const NO_NULL =
  "{{ dict({'installed_version': value_json.installed_version}, " +
  "**({'latest_version': value_json.latest_version} if value_json.latest_version else {})) | tojson }}";
