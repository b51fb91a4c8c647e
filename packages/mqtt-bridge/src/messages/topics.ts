/** Every topic of the bridge, below its base topic. */
export interface Topics {
  readonly bridgeState: string;
  readonly bridgeInfo: string;
  readonly bridgeEvent: string;
  /** With a command name in place of `+`. */
  request(command: string): string;
  response(command: string): string;
  person(slug: string): PersonTopics;
}

export interface PersonTopics {
  readonly availability: string;
  readonly state: string;
  readonly weighIn: string;
  readonly lastWeighIn: string;
  readonly target: string;
  readonly profile: string;
  readonly subscription: string;
  measure(id: string): string;
}

export function topicsBelow(base: string): Topics {
  return {
    bridgeState: `${base}/bridge/state`,
    bridgeInfo: `${base}/bridge/info`,
    bridgeEvent: `${base}/bridge/event`,
    request: (command) => `${base}/bridge/request/${command}`,
    response: (command) => `${base}/bridge/response/${command}`,
    person: (slug) => {
      const person = `${base}/people/${slug}`;
      return {
        availability: `${person}/availability`,
        state: `${person}/state`,
        weighIn: `${person}/weigh_in`,
        lastWeighIn: `${person}/last_weigh_in`,
        target: `${person}/target`,
        profile: `${person}/profile`,
        subscription: `${person}/subscription`,
        measure: (id) => `${person}/measure/${id}`,
      };
    },
  };
}
