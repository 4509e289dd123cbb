// The share of students at or above the line. Change it into your own metric.

import {
  type Metric, type Question, COUNTS_AS_BELOW, EXCLUDED, SCORE, columns, describe, eachGroup, line, measurement,
  proportion,
} from "./termwise-plugin.js";

export const metric: Metric = {
  describe: () => describe({
    id: "my-metric",
    version: "1.0.0",
    title: "Share at or above level",
    explanation: "Of the students who count, those at level.",
    columns: [
      { name: "value", kind: "value", explanation: "The score." },
      { name: "class", kind: "class", explanation: "What the reading counts as." },
      { name: "line", kind: line("at"), explanation: "The lowest score at level." },
    ],
    outputs: [{ key: "share", title: "Share at or above level", unit: "share", privacy: "proportion" }],
    leftOut: {
      missing: "without a result",
      excluded: "left out with a reason",
      "no-line": "without an expectation",
    },
  }),

  evaluate(question: Question) {
    const column = columns(question);
    const value = column("value"), code = column<Uint8Array>("class"), at = column("line");
    return eachGroup(question, (first, end) => {
      let met = 0, of = 0, missing = 0, excluded = 0, noLine = 0;
      for (let row = first; row < end; row++) {
        if (code[row] === SCORE && !Number.isNaN(value[row])) {
          if (Number.isNaN(at[row])) noLine++;
          else {
            of++;
            if (value[row] >= at[row]) met++;
          }
        } else if (code[row] === COUNTS_AS_BELOW) of++;
        else if (code[row] === EXCLUDED) excluded++;
        else missing++;
      }
      return measurement([proportion(met, of)], [missing, excluded, noLine]);
    });
  },
};
