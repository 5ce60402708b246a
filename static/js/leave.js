/* Leaving quickly, and not coming back by Back.

   A classic script at the top of <head>, on purpose: it must decide whether this page may be seen
   before anything of it is drawn, and an ES module always runs too late for that.

   Leaving blanks the page, then puts the exit address in the place of this history entry. Earlier
   entries of this tab cannot be removed, so the tab keeps one number in sessionStorage: how often
   it was left. From then on, an entry that was not opened after the last leaving goes straight to
   the exit address instead of being drawn. Opening the site anew marks that entry with the number
   (in history.state), so a person who returns on purpose can use the site and its Back button.
   Until someone leaves quickly, nothing is stored. */
(() => {
  const KEY = "left";
  const root = document.documentElement;
  const to = document.currentScript.dataset.to;

  const timesLeft = () => {
    try {
      return Number(sessionStorage.getItem(KEY)) || 0;
    } catch {
      return 0; // storage is switched off: replacing this entry is then all that can be done
    }
  };

  const go = () => {
    root.hidden = true;
    document.title = "";
    window.stop();
    location.replace(to);
  };

  const leave = () => {
    root.hidden = true;
    try {
      sessionStorage.setItem(KEY, timesLeft() + 1);
      history.replaceState(null, "", "/"); // offline, the address bar names no page
    } catch {
      /* storage is switched off */
    }
    go();
  };

  const openedAfterLeaving = () => history.state?.after === timesLeft();

  const navigation = performance.getEntriesByType?.("navigation")[0]?.type;
  if (timesLeft() && !openedAfterLeaving()) {
    if (navigation === "navigate") {
      history.replaceState({ after: timesLeft() }, "");
    } else {
      go();
      return;
    }
  }

  /* A page kept whole by the browser for Back comes up as it was: keep it blank, then decide. */
  addEventListener("pagehide", () => {
    root.style.visibility = "hidden";
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted && timesLeft() && !openedAfterLeaving()) go();
    else root.style.visibility = "";
  });

  const others = "BroadcastChannel" in window ? new BroadcastChannel("leave") : null;
  if (others) others.onmessage = leave;
  const leaveEverywhere = () => {
    others?.postMessage("");
    leave();
  };

  addEventListener("click", (event) => {
    if (event.target.closest?.(".exit")) {
      event.preventDefault();
      leaveEverywhere();
    }
  });

  let presses = [];
  addEventListener("keydown", (event) => {
    if (event.key !== "Shift") presses = [];
    else if (!event.repeat) {
      presses = [...presses.slice(-2), event.timeStamp];
      if (presses.length === 3 && presses[2] - presses[0] < 3000) leaveEverywhere();
    }
  });
})();
