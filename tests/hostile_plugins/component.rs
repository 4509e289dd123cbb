//! Components by hand: any description, any function, under the contract's real types.
//!
//! A core module in WebAssembly text gets the contract's types, as a toolchain would give them to it.
//! The description lies in the module's memory in the canonical ABI's layout, so that it can say what
//! no SDK would let its author say.

use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

const CONTRACT: &str = include_str!("../../plugins/wit/v1.0.0/metric.wit");

/// A component to be.
pub struct Component {
    /// What it says of itself.
    pub description: Description,
    /// The contract's text.
    pub contract: String,
    /// Imports, memories, tables and functions of its own, in WebAssembly text.
    pub fields: String,
    /// Statements at the beginning of `describe`.
    pub describing: String,
    /// Statements at the beginning of `evaluate`. The parameters are `$parameters`, `$scales`,
    /// `$offsets` and `$columns`, each with its length in `$parameters-length` …; `$result` is the
    /// place of a result that is `ok` with an empty list.
    pub evaluating: String,
    /// Statements that answer for the group of `$rows` rows: its output is at `$output`, its
    /// measurement at `$measurement`, both full of zeros but for the numbers of rows.
    pub answering: String,
    /// What `cabi_realloc` gives back, an expression; none: a good place.
    pub place: Option<String>,
}

impl Component {
    /// A component that follows all rules: each output is none, and everybody was asked.
    pub fn named(id: &str) -> Self {
        Self {
            description: Description::named(id),
            contract: CONTRACT.to_owned(),
            fields: String::new(),
            describing: String::new(),
            evaluating: String::new(),
            answering: String::new(),
            place: None,
        }
    }

    /// The component's bytes.
    pub fn bytes(&self) -> Vec<u8> {
        let text = self.module();
        let mut module = wat::parse_str(&text).unwrap_or_else(|why| panic!("{why}\n{text}"));
        let mut resolve = Resolve::default();
        let package = resolve.push_str("metric.wit", &self.contract).expect("the contract");
        let world = resolve.select_world(&[package], Some("plugin")).expect("the world");
        embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).expect("the contract's types");
        let encoder = ComponentEncoder::default().validate(true).module(&module).expect("a module").encode();
        encoder.expect("a component")
    }

    fn module(&self) -> String {
        let mut memory = Memory { bytes: Vec::new() };
        let described = self.description.put(&mut memory);
        let data: String = memory.bytes.iter().map(|byte| format!("\\{byte:02x}")).collect();
        let heap = BASE as usize + memory.bytes.len();
        let pages = heap / 65536 + 2;
        let version =
            self.contract.split_once("metric@").and_then(|(_, rest)| rest.split_once(';')).expect("a version").0;
        let (fields, describing, evaluating, answering) =
            (&self.fields, &self.describing, &self.evaluating, &self.answering);
        let place = self.place.as_deref().unwrap_or("(local.get $at)");
        format!(
            r#"(module
  {fields}
  (memory (export "memory") {pages})
  (data (i32.const {BASE}) "{data}")
  (global $heap (mut i32) (i32.const {heap}))
  (func $realloc (export "cabi_realloc") (param $old i32) (param i32 i32) (param $size i32) (result i32)
    (local $at i32)
    (local.set $at (call $room (local.get $size)))
    {place})
  (func $room (param $size i32) (result i32)
    (local $at i32)
    (local.set $at (i32.and (i32.add (global.get $heap) (i32.const 15)) (i32.const -16)))
    (global.set $heap (i32.add (local.get $at) (local.get $size)))
    (loop $more
      (if (i32.gt_u (global.get $heap) (i32.mul (memory.size) (i32.const 65536)))
        (then (drop (memory.grow (i32.const 1))) (br $more))))
    (local.get $at))
  (func (export "termwise:metric/metric@{version}#describe") (result i32)
    {describing}
    (i32.const {described}))
  (func (export "termwise:metric/metric@{version}#evaluate")
    (param $parameters i32) (param $parameters-length i32) (param $scales i32) (param $scales-length i32)
    (param $offsets i32) (param $offsets-length i32) (param $columns i32) (param $columns-length i32) (result i32)
    (local $result i32) (local $groups i32) (local $group i32) (local $rows i32)
    (local $list i32) (local $measurement i32) (local $output i32)
    (local.set $result (call $room (i32.const 16)))
    {evaluating}
    (local.set $groups (i32.sub (local.get $offsets-length) (i32.const 1)))
    (local.set $list (call $room (i32.mul (local.get $groups) (i32.const 24))))
    (i32.store offset=4 (local.get $result) (local.get $list))
    (i32.store offset=8 (local.get $result) (local.get $groups))
    (block $done (loop $next
      (br_if $done (i32.ge_u (local.get $group) (local.get $groups)))
      (local.set $measurement (i32.add (local.get $list) (i32.mul (local.get $group) (i32.const 24))))
      (local.set $rows (i32.add (local.get $offsets) (i32.mul (local.get $group) (i32.const 4))))
      (local.set $rows (i32.sub (i32.load offset=4 (local.get $rows)) (i32.load (local.get $rows))))
      (local.set $output (call $room (i32.const 64)))
      (i32.store (local.get $measurement) (local.get $output))
      (i32.store offset=4 (local.get $measurement) (i32.const 1))
      (i32.store offset=24 (local.get $output) (local.get $rows))
      (i32.store offset=28 (local.get $output) (local.get $rows))
      {answering}
      (local.set $group (i32.add (local.get $group) (i32.const 1)))
      (br $next)))
    (local.get $result))
)"#
        )
    }
}

/// Statements that set the output's value.
pub fn value(value: &str) -> String {
    format!(
        "(i32.store8 (local.get $output) (i32.const 1)) (f64.store offset=8 (local.get $output) (f64.const {value}))"
    )
}

/// What a component says of itself. Texts are bytes, because not every component's are UTF-8.
pub struct Description {
    pub id: Vec<u8>,
    pub version: Vec<u8>,
    pub title: Vec<Text>,
    pub explanation: Vec<Text>,
    pub parameters: Vec<u8>,
    /// Name, kind (place in the variant `column-kind`), moment.
    pub columns: Vec<(Vec<u8>, u8, u8)>,
    /// Key and place in the enum `privacy-kind`.
    pub outputs: Vec<(Vec<u8>, u8)>,
    pub messages: Vec<(Vec<u8>, Vec<Text>)>,
}

/// Language and text.
pub type Text = (Vec<u8>, Vec<u8>);

/// A text in English.
pub fn english(text: &str) -> Text {
    (b"en".to_vec(), text.as_bytes().to_vec())
}

/// Places in `column-kind`.
pub const CLASS: u8 = 1;
/// A place in `privacy-kind`.
pub const PROPORTION: u8 = 1;
/// A place in `privacy-kind`.
pub const MEAN: u8 = 2;
/// A place in `privacy-kind`.
pub const QUANTILE: u8 = 3;

impl Description {
    fn named(id: &str) -> Self {
        Self {
            id: id.into(),
            version: b"1.0.0".to_vec(),
            title: vec![english("Made by hand")],
            explanation: vec![english("For tests.")],
            parameters: br#"{"type": "object", "properties": {}}"#.to_vec(),
            columns: vec![(b"class".to_vec(), CLASS, 0)],
            outputs: vec![(b"number".to_vec(), QUANTILE)],
            messages: Vec::new(),
        }
    }

    /// Puts it into memory; the place of the record.
    fn put(&self, memory: &mut Memory) -> u32 {
        let columns = self.columns.iter().map(|(name, kind, moment)| {
            let (name, explanation) = (memory.string(name), memory.texts(&[english("It is needed.")]));
            [name, vec![*kind, 0, *moment, 0], explanation].concat()
        });
        let columns: Vec<_> = columns.collect();
        let outputs = self.outputs.iter().map(|(key, privacy)| {
            let (key, title, unit) = (memory.string(key), memory.texts(&[english("Number")]), memory.string(b"points"));
            // Direction and kind; then no outputs that it rests on, and no parts.
            [key, title, unit, vec![0, *privacy, 0, 0], vec![0; 16]].concat()
        });
        let outputs: Vec<_> = outputs.collect();
        let messages = self.messages.iter().map(|(key, texts)| [memory.string(key), memory.texts(texts)].concat());
        let messages: Vec<_> = messages.collect();
        let record = [
            memory.string(&self.id),
            memory.string(&self.version),
            memory.texts(&self.title),
            memory.texts(&self.explanation),
            memory.string(&self.parameters),
            memory.list(&columns),
            memory.list(&outputs),
            vec![0; 8],
            memory.list(&messages),
        ];
        memory.put(&record.concat())
    }
}

/// Where the data begins.
const BASE: u32 = 1024;

struct Memory {
    bytes: Vec<u8>,
}

impl Memory {
    /// Puts bytes at a place that fits numbers of every size.
    fn put(&mut self, bytes: &[u8]) -> u32 {
        self.bytes.resize(self.bytes.len().next_multiple_of(8), 0);
        let place = BASE + u32::try_from(self.bytes.len()).expect("a small memory");
        self.bytes.extend_from_slice(bytes);
        place
    }

    fn string(&mut self, text: &[u8]) -> Vec<u8> {
        let place = self.put(text);
        pair(place, text.len())
    }

    fn list(&mut self, items: &[Vec<u8>]) -> Vec<u8> {
        let place = self.put(&items.concat());
        pair(place, items.len())
    }

    fn texts(&mut self, texts: &[Text]) -> Vec<u8> {
        let texts: Vec<_> =
            texts.iter().map(|(language, text)| [self.string(language), self.string(text)].concat()).collect();
        self.list(&texts)
    }
}

fn pair(place: u32, length: usize) -> Vec<u8> {
    [place, u32::try_from(length).expect("a length")].into_iter().flat_map(u32::to_le_bytes).collect()
}
