// Where the tabs are wider than the window, the one that is open stands in sight.

function show() {
  for (const tabs of document.querySelectorAll(".tabs")) {
    const open = tabs.querySelector("[aria-current]");
    if (open) tabs.scrollLeft = open.offsetLeft - tabs.offsetLeft - (tabs.clientWidth - open.offsetWidth) / 2;
  }
}

show();
addEventListener("resize", show);
