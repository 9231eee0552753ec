// Sends some events with the official client for Node, and prints their messageIds.
const { Analytics } = require("@segment/analytics-node");

const { SOJOURN_HOST, SOJOURN_KEY, SOJOURN_USER, SOJOURN_COUNT } = process.env;

const analytics = new Analytics({
  writeKey: SOJOURN_KEY,
  host: SOJOURN_HOST,
  maxEventsInBatch: 10,
  flushInterval: 200,
  httpRequestTimeout: 4000,
});
analytics.on("error", (error) => console.error(error));

const sent = [];
const taken = (error, context) => sent.push(context.event.messageId);

analytics.identify({ userId: SOJOURN_USER, traits: { plan: "free" } }, taken);
for (let number = 1; number < Number(SOJOURN_COUNT); number += 1) {
  analytics.track({ userId: SOJOURN_USER, event: "Clicked", properties: { number, odd: NaN } }, taken);
}
analytics.closeAndFlush({ timeout: 100000 }).then(() => console.log(JSON.stringify(sent)));
