// Prints the official snippet for a page of ours. Its scheme is https, so a local cloud over http needs two touches:
// the address of the script, and where the rest is loaded from (else taken from that address, if it is https).
const snippet = require("@segment/snippet");

const { SOJOURN_HOST, SOJOURN_KEY, SOJOURN_LOAD } = process.env;
const load = JSON.parse(SOJOURN_LOAD);
const options = { host: SOJOURN_HOST, apiKey: SOJOURN_KEY, load, page: false, useHostForBundles: true };

console.log(snippet.max(options).replaceAll(`https://${SOJOURN_HOST}`, `http://${SOJOURN_HOST}`));
