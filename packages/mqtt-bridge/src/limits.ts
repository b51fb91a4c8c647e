/** Every bound of the bridge, in one place. Queues are bounded by disk: what waits is a row, not an object. */
export const LIMITS = {
  people: 100_000,
  accounts: 100,
  /** The lock of a grant that another process holds is tried again this often. */
  lockLookedAtMs: 100,
  /** Grants are looked at this often while somebody's is missing or has ended. */
  grantsLookedAtMs: 5_000,
  /** Problems of a configuration that one error lists. */
  configProblemsShown: 100,
  /** Of the base topic and the other configured topics; MQTT takes 65,535 bytes with what is added to them. */
  topicCharacters: 200,
  callbackUrlCharacters: 512,
  callbackHeadersMs: 5_000,
  callbackRequestMs: 10_000,
  /** Addresses whose callbacks are counted at once. */
  callbackSources: 1_000,
  /** Late connections are looked for this often. */
  callbackCheckMs: 1_000,
  /** A burst of a large household, through one proxy, fits into the share of one address. */
  callbackConnections: 4_096,
  callbackConnectionsOfAddress: 1_024,
  adminTokenCharacters: 16,
  adminUrlCharacters: 2_048,
  /** Of a request to the private side. */
  adminBodyBytes: 16 * 1024,
  /** Smaller answers are not compressed: a network takes them in few packets as they are. */
  compressedFrom: 16 * 1024,
  adminHeadersMs: 5_000,
  adminRequestMs: 10_000,
  adminCheckMs: 5_000,
  adminConnections: 256,
  /** Wrong tokens of one address in a minute; after them it is not heard for a while. */
  adminFailuresPerMinute: 10,
  adminLockMs: 60_000,
  /** Addresses whose wrong tokens are counted at once. */
  adminSources: 1_000,
  /** A login of the status page ends. */
  adminSessionS: 30 * 86_400,
  /** Weigh-ins of one answer, and values of one chart. */
  weighInsListed: 1_000,
  seriesPoints: 5_000,
  /** Values that a chart is thinned from; older ones are left out. */
  seriesValues: 200_000,
  /** Stored groups that are read at once for the past. */
  historyRead: 500,
  /** People named as those whose a held weigh-in may be. */
  othersNamed: 8,
  /** Held weigh-ins of one answer. */
  heldListed: 500,
  /** Answers to callbacks whose durations wait for the first scrape; further ones are not in the histogram. */
  durationsKept: 1_000,
  /** Entries that the status page can show of the past. */
  recentEntries: 200,
  /** Listeners to the live list at once. */
  liveListeners: 50,
  /** Bytes that may wait for a listener who reads too slowly; then it is left. */
  liveWaitingBytes: 1024 * 1024,
  /** Proxies end a connection on which nothing moves. */
  liveHeartbeatMs: 15_000,
  /** A page that lost the live list comes back after this. */
  liveRetryMs: 2_000,
  /** Between two messages that the status changed. */
  liveStatusMs: 1_000,
  /** Between two signs of life while polls are waited for. */
  syncBeatMs: 1_000,
  /** Events and documents on the wire at once; the broker's own limit counts if it is lower. */
  eventsInFlight: 256,
  /** Events that the broker refused are tried again this often. */
  retryParkedMs: 3_600_000,
  /** Rows read of the outbox at once. */
  outboxRead: 256,
  /** A finished event's row may stay this long, to share a commit with what comes next. */
  lazyCommitMs: 50,
  databaseConnectMs: 10_000,
  /** How long a start waits for the lock of a bridge that ended just before. */
  databaseLockMs: 5_000,
  databaseMigrationMs: 600_000,
  /** The connection to the database server is tried out this often. */
  databaseCheckMs: 5_000,
  /** A server that says nothing for so long is gone. With the wait above less than the 25 s after which it gives this bridge up. */
  databaseSilenceMs: 15_000,
  /** How long the end of a bridge whose database failed waits for its connections to end. */
  databaseLastMs: 2_000,
  /** A shard whose owner says nothing for so long may be taken by another replica. */
  leaseMs: 4_000,
  /** Between two renewals: two may fail. */
  leaseRenewMs: 1_000,
  /** Rows that a move between two stores reads and writes at once. */
  rowsMoved: 1_000,
  /** Longest time that a configuration may give one statement. */
  databaseStatementS: 600,
  /** Connections of one bridge to the database server. */
  databaseConnections: 100,
  /** People named in an answer about one who is unknown. */
  slugsNamed: 20,
  /** Two presses of a button within this time are a double tap. */
  secondPressMs: 3_000,
  requestBytes: 16 * 1024,
  /** Of a requester's response topic. */
  responseTopicCharacters: 512,
  responseTopicLevels: 32,
  /** The broker sends no larger packet to the connection for requests (MQTT 5). */
  controlPacketBytes: 64 * 1024,
  /** Held weigh-ins of a person that are listed, the newest first; all of them are counted. */
  heldShown: 20,
  rereadEveryS: 86_400,
  profileEveryS: 86_400,
  /** Goals and devices of today's API, of which no callback tells. */
  goalsEveryS: 3_600,
  /** After Home Assistant's birth, and between two answers to it. */
  birthDelayMs: 3_000,
  /** The longest hold of events for Home Assistant. */
  holdS: 600,
  /** How long the broker has to send what it retains of an earlier bridge. */
  retainedReadMs: 2_000,
  /** Measure keys of a person that get topics and entities; a scale has about sixty. */
  measuresAdvertised: 200,
  /** Between two updates of the bridge's own figures. */
  infoDelayMs: 5_000,
  /** A next poll that moves by less is published with the next status. */
  nextPollMovedS: 60,
  /** Between two questions for the newest version. */
  updateCheckMs: 86_400_000,
  updateAnswerMs: 10_000,
  updateAnswerBytes: 256 * 1024,
  /** Hours of statistics that Home Assistant gets in one command. */
  historyRows: 500,
  homeAssistantAnswerMs: 30_000,
  /** How long a command waits for Home Assistant to have written its rows, and how often it looks. */
  homeAssistantWritesMs: 120_000,
  homeAssistantLookMs: 250,
  mqttConnectMs: 10_000,
  mqttRetryMs: 1_000,
  /** Wait where asking often changes nothing: a login that is refused, a connection that ends again and again. */
  mqttRetryMaxMs: 60_000,
  mqttKeepaliveS: 30,
  /** How long stopping waits for the broker to take the last document. */
  mqttLastMs: 2_000,
  /** How long systemd-notify may take, and how seldom the watchdog is fed at least. */
  notifyMs: 5_000,
  watchdogEveryMs: 100,
  /** A connection that lasted so long was a good one: what ends it is news. */
  connectionStandsMs: 60_000,
  /** How long a command waits for an answer of the running bridge. */
  bridgeAnswerMs: 30_000,
  /** Groups that an export reads at once. */
  exportRead: 2_000,
  /** How often progress shows on a terminal, and how often as a line elsewhere. */
  progressMs: 200,
  progressLineMs: 10_000,
  /** How often `init` looks for a live weigh-in, for how long, and how far around now. */
  setupPollMs: 4_000,
  setupLiveMs: 10 * 60_000,
  setupLookBackS: 3_600,
} as const satisfies Record<string, number>;
