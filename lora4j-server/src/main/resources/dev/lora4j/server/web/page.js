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

  // ---- uploads
  document.addEventListener('htmx:xhr:progress', function (event) {
    const form = event.target.closest && event.target.closest('[data-upload]');
    if (!form || !event.detail.lengthComputable) return;
    const bar = form.querySelector('progress');
    bar.hidden = false;
    bar.value = 100 * event.detail.loaded / event.detail.total;
  });
  document.addEventListener('htmx:afterRequest', function (event) {
    const bar = event.target.matches && event.target.matches('[data-upload]') && event.target.querySelector('progress');
    if (bar) bar.hidden = true;
  });

  // ---- the curve of a job
  const steps = new Map(); // step: [loss, validation loss]
  let plot = null;

  function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  function data() {
    const order = Array.from(steps.keys()).sort(function (a, b) { return a - b; });
    return [
      order,
      order.map(function (step) { return steps.get(step)[0]; }),
      order.map(function (step) { return steps.get(step)[1]; }),
    ];
  }

  function draw() {
    const place = document.querySelector('[data-plot]');
    if (!place || steps.size === 0) return;
    document.querySelector('[data-no-points]').hidden = true;
    const values = data();
    const few = values[0].length < 40;
    if (plot && plot.few === few) {
      plot.setData(values);
      return;
    }
    if (plot) plot.destroy();
    const font = '12px ' + getComputedStyle(document.body).fontFamily;
    const axis = { font: font, stroke: colour('--soft'), grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false } };
    const number = function (u, value) { return value == null ? '–' : value.toFixed(value < 10 ? 3 : 1); };
    plot = new uPlot({
      width: place.clientWidth,
      height: height(place),
      cursor: { y: false },
      scales: { x: { time: false } },
      legend: { live: true },
      axes: [
        Object.assign({}, axis, { size: 32, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000, 100000] }),
        Object.assign({}, axis, { size: 48 }),
      ],
      series: [
        { label: 'Step' },
        { label: 'Training', stroke: colour('--accent'), width: 2, spanGaps: true, value: number, points: { show: few, size: 5, fill: colour('--surface') } },
        { label: 'Validation', stroke: colour('--second'), width: 2, spanGaps: true, value: number, points: { show: true, size: 6, fill: colour('--surface') } },
      ],
    }, values, place);
    plot.few = few;
  }

  function height(place) {
    return place.clientWidth < 560 ? 220 : 300;
  }

  document.addEventListener('htmx:sseBeforeMessage', function (event) {
    if (!event.target.matches('[data-points]')) return;
    event.preventDefault();
    JSON.parse(event.detail.data).forEach(function (point) {
      const known = steps.get(point[0]) || [null, null];
      steps.set(point[0], [point[1] === null ? known[0] : point[1], point[2] === null ? known[1] : point[2]]);
    });
    draw();
  });
  window.addEventListener('resize', function () {
    const place = document.querySelector('[data-plot]');
    if (plot && place) plot.setSize({ width: place.clientWidth, height: height(place) });
  });
  window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', function () {
    if (plot) {
      plot.destroy();
      plot = null;
      draw();
    }
  });

  function nearEnd() {
    const page = document.documentElement;
    return page.scrollHeight - page.scrollTop - page.clientHeight < 160;
  }

  function toEnd() {
    document.documentElement.scrollTop = document.documentElement.scrollHeight;
  }
})();
