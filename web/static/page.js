/* What is better with JavaScript; every page works without it. */
"use strict";

document.documentElement.classList.add("with-script");

/* Without this button the preview would be asked for by hand. */
document.addEventListener("DOMContentLoaded", function () {
  /* An error summary is where reading goes on (WCAG 2.2, 3.3.1). */
  var summary = document.getElementById("summary");
  if (summary) {
    summary.focus();
  }
});

/* Say the new sentence once, not the whole preview, to those who listen. */
document.addEventListener("htmx:afterSwap", function (event) {
  var said = document.getElementById("preview-said");
  if (said && event.target.id === "preview") {
    var sentences = event.target.querySelector(".sentences");
    var text = sentences ? sentences.textContent.trim() : "";
    if (said.textContent !== text) {
      said.textContent = text;
    }
  }
  if (event.target.id === "destinations") {
    var field = document.querySelector("#destinations [autofocus]");
    if (field) {
      field.focus();
    }
  }
});

/* What htmx could not do, the browser does: with a whole page and its explanation. */
document.addEventListener("htmx:responseError", function (event) {
  var button = event.detail.elt;
  if (button.form && button.name === "action") {
    button.form.requestSubmit(button);
  }
});

/* Choosing a folder's name chooses the folder. */
document.addEventListener("input", function (event) {
  if (event.target.id === "folder" && event.target.value) {
    document.getElementById("copy-folder").checked = true;
  }
});
