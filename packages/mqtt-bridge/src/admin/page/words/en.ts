/** Every text of the page. `{name}` is filled in; keys that end in `.one` and `.other` are chosen by number. */
export const en = {
  "page.skip": "Skip to the people",
  "page.live": "Live",
  "page.reconnecting": "Reconnecting …",
  "page.loading": "Asking the bridge …",
  "page.unreachable": "The bridge does not answer",
  "page.unreachable.remedy": "It is tried again by itself. If this stays: is the bridge running?",
  "page.language": "Language",
  "page.close": "Close",
  "page.more": "Show more",
  "page.failed": "That did not work: {reason}",

  "login.title": "Sign in",
  "login.hint": "The token stands in the bridge's configuration, as admin.token or in the file of admin.token_file.",
  "login.token": "Token",
  "login.submit": "Sign in",
  "login.out": "Sign out",
  "login.wrong": "This is not the bridge's token.",

  "state.title": "State",
  "state.well": "All is well",
  "state.well.some": "{people}, and nothing needs you.",
  "state.nobody": "Nobody is configured yet.",
  "state.problems.one": "One thing needs attention",
  "state.problems.other": "{n} things need attention",
  "state.held.one": "One weigh-in waits for a decision",
  "state.held.other": "{n} weigh-ins wait for a decision",
  "state.broker.online": "Broker connected",
  "state.broker.offline": "Broker not connected",
  "state.callback": "Notified by the service",
  "state.polls": "Polls only, without callbacks",
  "state.waiting.none": "Everything delivered",
  "state.waiting.one": "One event waits for the broker",
  "state.waiting.other": "{n} events wait for the broker",
  "state.parked.one": "One event refused by the broker",
  "state.parked.other": "{n} events refused by the broker",
  "state.lastNotification": "Last notification {time}",
  "state.broker.problem": "The MQTT broker cannot be reached.",
  "state.broker.remedy":
    "Nothing is lost: events wait on disk. Check that the broker runs, and mqtt.url and its login.",
  "state.since": "since {time}",
  "state.original": "The bridge says",

  "part.account": "Account",
  "part.subscription": "Subscription",
  "part.bridge": "Bridge",

  "people.count.one": "One person",
  "people.count.other": "{n} people",
  "people.title": "People",
  "people.search": "Search people",
  "people.none": "Nobody is called “{text}”.",
  "people.found.one": "One person found",
  "people.found.other": "{n} people found",
  "people.noWeighIn": "No weigh-in yet",
  "people.problem": "Problem",
  "people.held": "{n} held",
  "people.andMore": "{names} and {n} more",

  "person.more": "{weight} more than the last time",
  "person.less": "{weight} less than the last time",
  "person.same": "the same as the last time",
  "person.above": "{weight} above the target",
  "person.below": "{weight} below the target",
  "person.atTarget": "at the target",
  "person.summary": "{weight} on {time}",
  "person.values": "Newest values",
  "person.measuredAt": "measured {time}",
  "person.trend": "Trend",
  "person.target": "Target",
  "person.bmi": "BMI",
  "person.connection": "Connection",
  "person.subscription": "Subscription",
  "person.subscription.active": "Active",
  "person.subscription.until": "Active until {time}",
  "person.subscription.none": "None: the bridge polls",
  "person.subscription.pending": "Not yet: the bridge polls until then",
  "person.subscription.failed": "Failed",
  "person.subscription.checked": "checked {time}",
  "person.lastPoll": "Last poll",
  "person.nextPoll": "Next poll",
  "person.never": "Not yet",
  "person.now": "Now",

  "sync.one": "Sync now",
  "sync.all": "Sync everybody now",
  "sync.asked": "{name}: asking the service for news.",
  "sync.askedAll": "Asking the service for everybody's news.",
  "subscription.check": "Check the subscription",
  "subscription.checking": "{name}: the subscription is being checked.",

  "consent.title": "Who still has to consent?",
  "consent.hint":
    "The service shows weigh-ins only to programs that a person allowed. It takes a minute, and can be withdrawn at any time.",
  "consent.authorize": "Authorize {name}",
  "consent.open": "1. Open the consent page",
  "consent.open.hint": "Log in as {name}, leave every box ticked, and allow.",
  "consent.address": "2. Paste the address that the browser shows afterwards",
  "consent.address.hint": "It begins with {url} and is valid for 30 seconds. The page itself need not load.",
  "consent.submit": "Done",
  "consent.done": "{name} is authorized. The bridge follows within seconds.",
  "consent.outcome.refused": "The consent was refused. Nothing was changed.",
  "consent.outcome.empty": "Nothing was given. Paste the whole address of the page after you have agreed.",
  "consent.outcome.consent_page":
    "That is the address of the consent page itself. Agree there first, then paste the address after that.",
  "consent.outcome.redirect_not_registered":
    "The redirect URL is not registered for this application. Enter it in the developer portal, letter by letter: {url}",
  "consent.outcome.other_attempt":
    "That address belongs to an earlier attempt. Open the consent page once more from here.",
  "consent.outcome.no_code":
    "That address holds no code. Paste the whole address that the browser shows after you have agreed.",
  "consent.outcome.stranger_expected":
    "Somebody else agreed: userid {userid}, but {name} is {other} in the configuration. Nothing was stored. Open the page once more and log in as {name}.",
  "consent.outcome.stranger_other":
    "{other} agreed (userid {userid}), not {name}. Nothing was stored. Open the page once more and log in as {name}.",
  "consent.outcome.stranger_before":
    "Somebody else agreed: {name} was userid {other} so far, this is {userid}. Nothing was stored. Open the page once more and log in as {name}.",

  "held.title": "Whose weigh-in is this?",
  "held.hint": "The scale was not sure. A refused weigh-in changes nothing here.",
  "held.for": "Held for {name}",
  "held.last": "{name} last weighed {weight}",
  "held.noLast": "{name} has no weigh-in yet",
  "held.claim": "It is {name}'s",
  "held.refuse": "Not {name}'s",
  "held.claimed": "{weight} is {name}'s now.",
  "held.refused": "{weight} is not {name}'s.",
  "held.more.one": "and one more",
  "held.more.other": "and {n} more",

  "chart.title": "History",
  "chart.measure": "Measure",
  "chart.span": "Span",
  "chart.week": "Week",
  "chart.month": "Month",
  "chart.year": "Year",
  "chart.all": "All",
  "chart.earlier": "Earlier",
  "chart.later": "Later",
  "chart.zoomIn": "Zoom in",
  "chart.zoomOut": "Zoom out",
  "chart.drag": "Drag across the chart to zoom. Escape or a span shows all of it again.",
  "chart.empty": "No values in this span.",
  "chart.loading": "Loading values …",
  "chart.table": "Show as a table",
  "chart.tableOf": "{measure} of {name}",
  "chart.summary":
    "{measure} from {from} to {to}: {n} values, first {first}, last {last}, lowest {lowest}, highest {highest}.",
  "chart.time": "Time",
  "chart.target": "Target",

  "weighIns.title": "Weigh-ins",
  "weighIns.none": "No weigh-ins yet.",
  "weighIns.time": "Time",
  "weighIns.weight": "Weight",
  "weighIns.fat": "Fat",
  "weighIns.source": "Source",
  "weighIns.held": "held",
  "weighIns.claimed": "claimed",
  "weighIns.refused": "refused",

  "source.device": "scale",
  "source.ambiguous": "scale, not sure who",
  "source.manual": "entered by hand",
  "source.manual_at_creation": "entered at sign-up",
  "source.chosen_on_device": "chosen on the scale",
  "source.confirmed": "confirmed",

  "log.title": "What happened",
  "log.show": "Show",
  "log.all": "Everything",
  "log.event": "Events",
  "log.callback": "Callbacks",
  "log.problem": "Problems",
  "log.log": "Log",
  "log.kind.event": "Event",
  "log.kind.callback": "Callback",
  "log.kind.problem": "Problem",
  "log.kind.log": "Log",
  "log.none": "Nothing yet.",
  "log.details": "Details",
  "log.level": "Log level",
  "log.levelSet": "The log level is {level} now.",
  "log.level.debug": "debug: everything",
  "log.level.info": "info: what happens",
  "log.level.warn": "warn: what may be wrong",
  "log.level.error": "error: what is wrong",

  "entry.event.weigh_in": "Weigh-in {weight}",
  "entry.event.weigh_in_updated": "Weigh-in changed, now {weight}",
  "entry.event.weigh_in_deleted": "Weigh-in deleted",
  "entry.event.weigh_in_ambiguous": "Weigh-in {weight}, perhaps somebody else's",
  "entry.event.measurement": "Measurement without a weight",
  "entry.event.target_set": "Target set",
  "entry.event.profile_updated": "Profile changed",
  "entry.callback.taken": "The service announced news",
  "entry.callback.others": "The service announced data that nobody follows",
  "entry.callback.probes": "The service tried the callback URL",
  "entry.callback.unknownUsers": "A callback named a person who is not followed here",
  "entry.callback.malformed": "A callback was malformed",
  "entry.callback.failed": "A callback could not be stored",

  "footer.version": "Weighbridge {version}",
  "footer.since": "running since {time}",

  "measure.weight": "Weight",
  "measure.height": "Height",
  "measure.fat_free_mass": "Fat-free mass",
  "measure.fat_ratio": "Body fat",
  "measure.fat_mass": "Fat mass",
  "measure.muscle_mass": "Muscle mass",
  "measure.hydration": "Body water",
  "measure.bone_mass": "Bone mass",
  "measure.heart_pulse": "Heart pulse",
  "measure.pulse_wave_velocity": "Pulse wave velocity",
  "measure.vascular_age": "Vascular age",
  "measure.visceral_fat": "Visceral fat",
  "measure.metabolic_age": "Metabolic age",
  "measure.basal_metabolic_rate": "Basal metabolic rate",
  "measure.nerve_health": "Nerve health",
  "measure.extracellular_water": "Extracellular water",
  "measure.intracellular_water": "Intracellular water",
  "measure.diastolic_blood_pressure": "Diastolic blood pressure",
  "measure.systolic_blood_pressure": "Systolic blood pressure",
  "measure.temperature": "Temperature",
  "measure.body_temperature": "Body temperature",
  "measure.skin_temperature": "Skin temperature",
  "measure.spo2": "Blood oxygen saturation",
  "measure.vo2_max": "VO2 max",
} as const;

export type Key = keyof typeof en;
export type Words = Readonly<Record<Key, string>>;

/** Codes of problems that the page says in the other languages. English is what the bridge itself says, which knows more of the case. */
type ProblemCode =
  | "network"
  | "timeout"
  | "too_many_requests"
  | "temporary_failure"
  | "service_timeout"
  | "unexpected_response"
  | "unknown_error"
  | "data_late"
  | "data_empty"
  | "not_shared"
  | "user_deactivated"
  | "unknown_user"
  | "wrong_credentials"
  | "wrong_generation"
  | "callbacks_missing"
  | "callback_url_refused"
  | "too_many_subscriptions"
  | "not_authorized"
  | "grant_ended"
  | "person_unlinked"
  | "person_deleted"
  | "wrong_person"
  | "access_refused"
  | "wrong_client"
  | "clock_wrong"
  | "scope_missing"
  | "token_file_unusable"
  | "tokens_not_stored"
  | "unexpected";
export type Problems = Readonly<Record<ProblemCode, string>>;
