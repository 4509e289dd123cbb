// Types of the contract termwise:metric@1.0.0 and of the helpers.

export type Kind = "value" | "class" | "day" | "member" | "side";
export type Band = "approaching" | "at" | "above";
export type Line = { tag: "line"; val: Band };
export type Moment = "now" | "start" | "each";
export type PrivacyKind = "count" | "proportion" | "mean" | "quantile" | "distribution" | "difference";
export type Direction = "up" | "down" | "neither";
export type Cells = { tag: "numbers"; val: Float64Array } | { tag: "codes"; val: Uint8Array };
export type ParameterValue =
  | { tag: "number"; val: number }
  | { tag: "flag"; val: boolean }
  | { tag: "word"; val: string }
  | { tag: "numbers"; val: Float64Array };

export interface Text { language: string; text: string }
export interface Scale { ordered: boolean; levels: number; lowest?: number; highest?: number }
export interface Column { name: string; measure: number; period: number; cells: Cells }
export interface Question {
  parameters: { name: string; value: ParameterValue }[];
  scales: Scale[];
  offsets: Uint32Array;
  columns: Column[];
}
export interface Interval { low: number; high: number }
export interface Output {
  value?: number;
  numerator?: number;
  denominator: number;
  contributors: number;
  interval?: Interval;
  counts: Uint32Array;
}
export interface Measurement { outputs: Output[]; leftOut: Uint32Array; notes: string[] }
export interface Described {
  id: string;
  version: string;
  title: string;
  explanation: string;
  parameters?: Record<string, object>;
  columns: { name: string; kind: Kind | Line; moment?: Moment; explanation: string }[];
  outputs: {
    key: string;
    title: string;
    unit: string;
    privacy: PrivacyKind;
    direction?: Direction;
    restsOn?: string[];
    parts?: Record<string, string>;
  }[];
  leftOut?: Record<string, string>;
  messages?: Record<string, string>;
}
export interface Metric {
  describe(): object;
  evaluate(question: Question): Measurement[];
}

export const SCORE: 0, COUNTS_AS_BELOW: 1, EXCLUDED: 2, MISSING: 3;
export function english(text: string): Text[];
export function describe(description: Described): object;
export function line(band: Band): Line;
export class Fault extends Error {
  constructor(tag: "bad-shape" | "ordered-scale");
  constructor(tag: "missing-column" | "bad-parameter" | "told", val: string);
}
export function columns(question: Question): <T extends Float64Array | Uint8Array = Float64Array>(
  name: string,
  measure?: number,
  period?: number,
) => T;
export function parameter(question: Question, name: string): number | boolean | string | Float64Array;
export function eachGroup(question: Question, measure: (first: number, end: number) => Measurement): Measurement[];
export function measurement(outputs: Output[], leftOut?: number[], notes?: string[]): Measurement;
export function wilson(met: number, of: number): Interval | undefined;
export function proportion(met: number, of: number): Output;
