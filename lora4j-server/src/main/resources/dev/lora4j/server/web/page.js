// What htmx leaves to do: keys of the composer, states of streams, messages when the server cannot be reached.
(function () {
  'use strict';

  function problem(message) {
    const place = document.getElementById('problem');
    if (!place) return;
    place.replaceChildren();
    if (message) {
      const line = document.createElement('p');
      line.className = 'alert';
      line.textContent = message;
      place.append(line);
    }
  }

  document.addEventListener('htmx:beforeRequest', function (event) {
    if (event.detail.requestConfig.verb !== 'get') problem('');
  });
  document.addEventListener('htmx:sendError', function () {
    problem('The server does not answer. Does it still run?');
  });

  // ---- chat
  document.addEventListener('keydown', function (event) {
    const box = event.target;
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing && box.matches && box.matches('[data-sends]')) {
      event.preventDefault();
      if (box.value.trim()) box.form.requestSubmit();
    }
  });
  document.addEventListener('htmx:afterRequest', function (event) {
    const form = event.detail.elt;
    if (form.id === 'composer' && event.detail.successful) {
      form.querySelector('[data-sends]').value = '';
      toEnd();
    }
  });
  document.addEventListener('htmx:sseMessage', function (event) {
    if (event.target.closest('[data-answer]') && nearEnd()) toEnd();
  });
  document.addEventListener('htmx:sseClose', function (event) {
    const answer = event.target.closest('[data-answer]');
    if (answer) answer.querySelector('[aria-busy]').setAttribute('aria-busy', 'false');
  });

  function nearEnd() {
    const page = document.documentElement;
    return page.scrollHeight - page.scrollTop - page.clientHeight < 160;
  }

  function toEnd() {
    document.documentElement.scrollTop = document.documentElement.scrollHeight;
  }
})();
