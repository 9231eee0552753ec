// Asks once, tells what happened on this page when the visitor agreed, and takes the agreement back when asked to.
window.sojourn = window.sojourn || [];

const REFUSED = "fieldnotes.rather-not";
const WORDING = document.getElementById("choice-words").textContent.replace(/\s+/g, " ").trim();
const choice = document.getElementById("choice");
const happened = JSON.parse(document.getElementById("happened").textContent);

sojourn.push((tracker) => {
  const tell = () => happened.splice(0).forEach(([event, properties]) => tracker.track(event, properties));

  const decide = (agreed) => {
    choice.hidden = true;
    if (agreed) localStorage.removeItem(REFUSED);
    else localStorage.setItem(REFUSED, "1");
    tracker.consent({ tracking: agreed, wording: WORDING });
    tell();
  };

  const { tracking, optedOut } = tracker.consent();
  if (tracking) tell();
  else if (!optedOut && !localStorage.getItem(REFUSED)) choice.hidden = false;

  choice.querySelector("[value=yes]").addEventListener("click", () => decide(true));
  choice.querySelector("[value=no]").addEventListener("click", () => decide(false));
  document.getElementById("choices").addEventListener("click", () => {
    choice.hidden = false;
    choice.focus();
  });

  // Told once: a reload of this page is no second purchase.
  if (location.search && location.pathname !== "/") history.replaceState(null, "", location.pathname);
});
