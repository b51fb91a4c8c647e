export interface Requirement {
  /** The fact, in our words. */
  readonly fact: string;
  /** Source of the fact: a section of the API's documentation, or what was learnt from its real servers. */
  readonly source: string;
}
