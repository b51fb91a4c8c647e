/** Ways in which the real service was seen to differ from itself. Each can be switched for an application. */
export interface Quirks {
  /** Order of groups in an answer. @default "down" */
  readonly order?: "down" | "up" | "mixed";
  /** How an answer says that there is more; `stuck`: with an offset that does not advance. @default 1 */
  readonly more?: 1 | true | "stuck";
  /** `more` on the last page; a number or `false` comes with an offset of 0. @default "absent" */
  readonly lastMore?: "absent" | 0 | false;
  /** Type of `userid` in a token answer; `recorded`: a string after a code, a number after a refresh. @default "recorded" */
  readonly userId?: "recorded" | "string" | "number";
  /** Groups in one answer. @default 100 */
  readonly pageSize?: number;
  /** Device ids as numbers beside the string that joins. @default false */
  readonly hasNumericDevices?: boolean;
  /** Position 7 on whole-body values, and each of them twice, as a Body Scan sends them. @default false */
  readonly isBodyScan?: boolean;
  /** Values with six decimals. @default false */
  readonly hasFineUnits?: boolean;
  /** Manual weights come with a fat mass of 0 and all of it fat-free. @default false */
  readonly hasManualZeros?: boolean;
  /** `updatetime` of the newest change, or of now. @default "change" */
  readonly updateTime?: "change" | "now";
  /** Every group twice in its answer. @default false */
  readonly repeatsGroups?: boolean;
  /** The refresh token before dies at once. @default false */
  readonly rotatesStrictly?: boolean;
  /** A second subscribe with the same URL and category makes a second profile. @default false */
  readonly duplicatesProfiles?: boolean;
  /** Calls that the application may make in a minute; a contract allows more. @default 120 */
  readonly callsPerMinute?: number;
  /** Seconds for which an identical call is refused. @default 10 */
  readonly sameArgumentsS?: number;
  /** POSTs for one change of one category. @default 2 */
  readonly callbacks?: number;
}
