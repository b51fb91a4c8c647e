import { bridgeDevice } from "./bridge-device.ts";
import { bridgeId, type Device, type DiscoveredPerson, type DiscoverySettings, SUPPORT_URL } from "./device.ts";
import { personDevice } from "./person-device.ts";

interface RetainedMessage {
  readonly topic: string;
  readonly payload: string;
}

/** Everything that Home Assistant needs to know, retained. */
export function discoveryMessages(settings: DiscoverySettings, people: readonly DiscoveredPerson[]): RetainedMessage[] {
  return [
    ...messagesOf(settings, bridgeDevice(settings)),
    ...people.flatMap((person) => personDiscovery(settings, person)),
  ];
}

/** Discovery of one person's device. */
export const personDiscovery = (settings: DiscoverySettings, person: DiscoveredPerson): RetainedMessage[] =>
  messagesOf(settings, personDevice(settings, person));

/** Topics of this bridge's discovery in both forms, also of people who are no longer in the configuration. */
export function ownDiscovery(settings: DiscoverySettings) {
  const { prefix } = settings;
  const id = bridgeId(settings);
  const isOwn = (device: string | undefined) => device === id || device?.startsWith(`${id}_`) === true;
  return {
    filters: [`${prefix}/device/+/config`, `${prefix}/+/+/+/config`],
    has: (topic: string) => topic.startsWith(`${prefix}/`) && isOwn(topic.slice(prefix.length + 1).split("/")[1]),
  };
}

const messagesOf = (settings: DiscoverySettings, device: Device): RetainedMessage[] =>
  settings.style === "device" ? [whole(settings, device)] : parts(settings, device);

const originOf = ({ version }: DiscoverySettings) => ({
  name: "Weighbridge",
  sw_version: version,
  support_url: SUPPORT_URL,
});

function whole(settings: DiscoverySettings, device: Device): RetainedMessage {
  const { id, description, availability, components, removed } = device;
  const message = {
    device: description,
    origin: originOf(settings),
    availability,
    availability_mode: "all",
    qos: 1,
    components: { ...components, ...removed },
  };
  return { topic: `${settings.prefix}/device/${id}/config`, payload: JSON.stringify(message) };
}

function parts(settings: DiscoverySettings, { id, description, availability, components }: Device): RetainedMessage[] {
  return Object.entries(components).map(([key, { platform, ...component }]) => {
    const isEntity = platform !== "device_automation";
    const shared = isEntity ? { availability, availability_mode: "all", qos: 1 } : {};
    const message = { ...shared, ...component, device: description, origin: originOf(settings) };
    return { topic: `${settings.prefix}/${platform}/${id}/${key}/config`, payload: JSON.stringify(message) };
  });
}
