const PLACES: Readonly<Record<string, RegExp>> = {
  "compose.yaml": /(?<=ghcr\.io\/weighbridge\/weighbridge:)\S+/g,
  "home-assistant-app/config.yaml": /(?<=^version: ")[^"]+/gm,
  "home-assistant-app/Dockerfile": /(?<=^ARG WEIGHBRIDGE_VERSION=)\S+/gm,
};

const CHANGES = "https://github.com/weighbridge/weighbridge/releases/tag/v";

/** The text of a file of this folder, with another version. The changelog gets an entry that leads to the release's own. */
export function withVersion(path: string, text: string, version: string): string {
  const place = PLACES[path];
  if (place !== undefined) return text.replace(place, version);
  if (text.includes(`\n## ${version}\n`)) return text;
  return text.replace("# Changelog\n", `# Changelog\n\n## ${version}\n\n- [What changed](${CHANGES}${version})\n`);
}
