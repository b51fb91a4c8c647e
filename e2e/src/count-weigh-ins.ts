/** Counts Ada's weigh-ins, as packages/mqtt-bridge/README.md tells people to write it. */
export const COUNT_WEIGH_INS = {
  id: "count",
  alias: "Count weigh-ins",
  mode: "queued",
  triggers: [
    {
      trigger: "event.received",
      target: { entity_id: "event.ada_weigh_in" },
      options: { event_type: ["weigh_in"] },
    },
  ],
  conditions: [{ condition: "template", value_template: "{{ not trigger.to_state.attributes.backdated }}" }],
  actions: [{ action: "counter.increment", target: { entity_id: "counter.weigh_ins" } }],
};
