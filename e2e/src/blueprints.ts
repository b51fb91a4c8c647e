const FOLDER = "weighbridge";

/** The blueprints' folder in the repository, and the one in which Home Assistant looks for them. */
export const BLUEPRINT_FILES = {
  [`blueprints/automation/${FOLDER}`]: new URL("../../deploy/home-assistant/blueprints/automation/", import.meta.url),
} as const;

/** An automation made of a shipped blueprint. */
export const ofBlueprint = (id: string, input: Readonly<Record<string, unknown>>) => ({
  id,
  alias: id,
  use_blueprint: { path: `${FOLDER}/${id}.yaml`, input },
});

/** Writes what an automation would tell into a text helper, and counts it. */
export const tell = (helper: string) => [
  { action: "input_text.set_value", target: { entity_id: `input_text.${helper}` }, data: { value: "{{ message }}" } },
  { action: "counter.increment", target: { entity_id: `counter.${helper}` } },
];
