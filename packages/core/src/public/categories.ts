/** Kinds of data that the API announces one by one, by the words of this package. The numbers are the API's `appli`. */
export const NOTIFY_CATEGORIES = {
  weight: 1,
  temperature: 2,
  heart: 4,
  user: 46,
  ecg: 54,
  glucose: 58,
  hrv: 62,
} as const;

export type NotifyCategory = keyof typeof NOTIFY_CATEGORIES;

/** What a scale needs. `user` says that a person unlinked the application, deleted their account, or changed a goal. */
export const SCALE_CATEGORIES: readonly NotifyCategory[] = ["weight", "heart", "user"];

const NAMES: ReadonlyMap<number, NotifyCategory> = new Map(
  Object.entries(NOTIFY_CATEGORIES).map(([name, appli]) => [appli, name as NotifyCategory]),
);

/** The word for an `appli`; `appli_<n>` for one that is not asked for here. */
export const categoryOf = (appli: number): string => NAMES.get(appli) ?? `appli_${appli}`;
