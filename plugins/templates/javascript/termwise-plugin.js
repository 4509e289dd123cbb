// Helpers for Termwise metrics written in JavaScript or TypeScript.
//
// A metric is a pure function from columns of cells to one measurement per group. It sees students as
// row numbers. There is no clock, no file, no network and no chance in it: Date.now() and
// Math.random() give what they gave when the component was built.

export const SCORE = 0, COUNTS_AS_BELOW = 1, EXCLUDED = 2, MISSING = 3;

/** A text in English; write [{ language: "en", text }, { language: "fr", text }] for several languages. */
export const english = (text) => [{ language: "en", text }];

const messages = (texts = {}) => Object.entries(texts).map(([key, text]) => ({ key, text: english(text) }));

/** A description with English texts; `parameters` are the properties of a JSON Schema. */
export const describe = ({ parameters = {}, ...d }) => ({
  id: d.id,
  version: d.version,
  title: english(d.title),
  explanation: english(d.explanation),
  parameters: JSON.stringify({ type: "object", properties: parameters, additionalProperties: false }),
  columns: d.columns.map(({ name, kind, moment = "now", explanation }) => ({
    name,
    kind: typeof kind === "string" ? { tag: kind } : kind,
    moment,
    explanation: english(explanation),
  })),
  outputs: d.outputs.map(({ title, direction = "up", restsOn = [], parts, ...o }) => ({
    ...o,
    title: english(title),
    direction,
    restsOn,
    parts: messages(parts),
  })),
  leftOut: messages(d.leftOut),
  messages: messages(d.messages),
});

/** The line of an expectation table: "approaching", "at" or "above". */
export const line = (band) => ({ tag: "line", val: band });

/** Throw it to give no answer: new Fault("bad-parameter", "gain"), new Fault("told", "one-measure") … */
export class Fault extends Error {
  constructor(tag, val) {
    super(tag);
    this.payload = val === undefined ? { tag } : { tag, val };
  }
}

/** Columns by name, measure and period: numbers are a Float64Array, codes a Uint8Array. */
export const columns = (question) => {
  const cells = new Map(question.columns.map((c) => [`${c.name} ${c.measure} ${c.period}`, c.cells.val]));
  const rows = question.offsets.at(-1) ?? 0;
  for (const c of cells.values()) if (c.length !== rows) throw new Fault("bad-shape");
  return (name, measure = 0, period = 0) => {
    const found = cells.get(`${name} ${measure} ${period}`);
    if (found === undefined) throw new Fault("missing-column", name);
    return found;
  };
};

/** A parameter's value. */
export const parameter = (question, name) => {
  const found = question.parameters.find((p) => p.name === name);
  if (found === undefined) throw new Fault("bad-parameter", name);
  return found.value.val;
};

/** One measurement for each group: `measure` is given its first row and the row after its last. */
export const eachGroup = (question, measure) => {
  const { offsets } = question;
  const found = [];
  for (let g = 0; g + 1 < offsets.length; g++) found.push(measure(offsets[g], offsets[g + 1]));
  return found;
};

/** Outputs and counts of rows left out, in the order of the description, and keys of messages. */
export const measurement = (outputs, leftOut = [], notes = []) => ({
  outputs,
  leftOut: Uint32Array.from(leftOut),
  notes,
});

/** Wilson's 95 % interval (1927), in the order of operations of every Termwise SDK. */
export const wilson = (met, of) => {
  if (of === 0) return undefined;
  const z = 1.959963984540054;
  const n = of, p = met / n, z2 = z * z, scale = 1 + z2 / n;
  const centre = (p + z2 / (2 * n)) / scale;
  const half = z * Math.sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / scale;
  return {
    low: met === 0 ? 0 : Math.max(0, centre - half),
    high: met === of ? 1 : Math.min(1, centre + half),
  };
};

const none = new Uint32Array(0);

/** A proportion with its interval. */
export const proportion = (met, of) => ({
  value: of === 0 ? undefined : met / of,
  numerator: met,
  denominator: of,
  contributors: of,
  interval: wilson(met, of),
  counts: none,
});
