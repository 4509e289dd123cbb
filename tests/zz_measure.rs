use std::time::Instant;
use termwise::config::PluginLimits;
use termwise::metrics::host::{Edition, Plugins};
fn leb(mut n: usize) -> Vec<u8> { let mut v = vec![]; loop { let b = (n & 127) as u8; n >>= 7; if n == 0 { v.push(b); return v } v.push(b | 128) } }
fn section(id: u8, body: Vec<u8>) -> Vec<u8> { let mut v = vec![id]; v.extend(leb(body.len())); v.extend(body); v }
fn module(bodies: Vec<Vec<u8>>) -> Vec<u8> {
    let mut m = b"\0asm\x01\0\0\0".to_vec();
    m.extend(section(1, vec![1, 0x60, 1, 0x7f, 1, 0x7f]));
    let mut f = leb(bodies.len()); f.extend(vec![0u8; bodies.len()]);
    m.extend(section(3, f));
    m.extend(section(5, vec![1,0,1]));
    let mut c = leb(bodies.len());
    for b in bodies { c.extend(leb(b.len())); c.extend(b); }
    m.extend(section(10, c));
    m
}
fn component(m: Vec<u8>) -> Vec<u8> { let mut c = b"\0asm\x0d\0\x01\0".to_vec(); c.extend(section(1, m)); c }
fn peak() -> String { let s = std::fs::read_to_string("/proc/self/status").unwrap(); s.lines().filter(|l| l.starts_with("VmHWM")).collect::<String>() }
#[test]
fn measure() {
    let mb: usize = std::env::var("MB").ok().and_then(|s| s.parse().ok()).unwrap_or(1) << 20;
    let which = std::env::var("WHICH").unwrap_or("small".into());
    let mut bodies = vec![];
    let one = |body: &[u8], times: usize, tail: &[u8], locals: &[u8]| { let mut v = locals.to_vec(); for _ in 0..times { v.extend_from_slice(body); } v.extend_from_slice(tail); v };
    let most = 7_600_000;
    match which.as_str() {
        "small" => for _ in 0..mb / 8 { bodies.push(one(&[], 0, &[0x20, 0, 0x0b], &[0])); }, // many tiny
        "medium" => for _ in 0..mb / 1000 { bodies.push(one(&[0x20,0,0x20,0,0x6a,0x21,0], 140, &[0x20, 0, 0x0b], &[0])); },
        "huge" => { let mut left = mb; while left > 0 { let n = left.min(most); bodies.push(one(&[0x20,0,0x20,0,0x6a,0x21,0], n/7, &[0x20,0,0x0b], &[0])); left -= n; } }
        "loads" => { let mut left = mb; while left > 0 { let n = left.min(most); bodies.push(one(&[0x20,0,0x28,2,0,0x21,0], n/7, &[0x20,0,0x0b], &[0])); left -= n; } }
        "ifs" => { let mut left = mb; while left > 0 { let n = left.min(most); bodies.push(one(&[0x20,0,0x04,0x40,0x20,0,0x45,0x21,0,0x0b], n/10, &[0x20,0,0x0b], &[0])); left -= n; } }
        "locals" => { // many live locals through many branches
            let mut left = mb; while left > 0 { let n = left.min(most);
            let mut v = vec![1]; v.extend(leb(40000)); v.push(0x7f);
            let mut i = 0usize; while v.len() < n { let a = leb(1 + i % 40000); let b = leb(1 + (i * 7919) % 40000); i += 1;
              v.extend([0x20,0,0x04,0x40,0x20]); v.extend(&a); v.extend([0x20]); v.extend(&b); v.extend([0x6a,0x21]); v.extend(&a); v.push(0x0b); }
            v.extend([0x20,0,0x0b]); bodies.push(v); left -= n; } }
        "loops" => { let mut left = mb; while left > 0 { let n = left.min(most);
            let mut v = vec![1]; v.extend(leb(1000)); v.push(0x7f);
            let mut i = 0usize; while v.len() < n { let a = leb(1 + i % 1000); let b = leb(1 + (i * 7919) % 1000); i += 1;
              v.extend([0x03,0x40,0x20]); v.extend(&a); v.extend([0x20]); v.extend(&b); v.extend([0x6a,0x22]); v.extend(&a); v.extend([0x0d,0,0x0b]); }
            v.extend([0x20,0,0x0b]); bodies.push(v); left -= n; } }
        "nested" => { let mut left = mb; while left > 0 { let n = left.min(most); let d = n/5; let mut v = vec![0]; for _ in 0..d { v.extend([0x02,0x40]); } for _ in 0..d { v.extend([0x0b]); } v.extend([0x20,0,0x0b]); bodies.push(v); left -= n; } }
        "nestedloops" => { let mut left = mb; while left > 0 { let n = left.min(most); let d = n/7; let mut v = vec![0]; for _ in 0..d { v.extend([0x03,0x40]); } for _ in 0..d { v.extend([0x20,0,0x0d,0,0x0b]); } v.extend([0x20,0,0x0b]); bodies.push(v); left -= n; } }
        "brtable" => { let mut left = mb; while left > 0 { let n = left.min(most); let d = 1000; let mut v = vec![0]; for _ in 0..d { v.extend([0x02,0x40]); } 
             while v.len() < n - 3000 { v.extend([0x02,0x40,0x20,0,0x0e]); v.extend(leb(d)); for i in 0..d { v.extend(leb(i)); } v.extend(leb(d-1)); v.push(0x0b); }
             for _ in 0..d { v.extend([0x0b]); } v.extend([0x20,0,0x0b]); bodies.push(v); left -= n; } }
        _ => panic!(),
    }
    let bytes = match std::env::var("FILE") { Ok(f) => std::fs::read(f).unwrap(), _ => component(module(bodies)) };
    let t = Instant::now();
    let mut p = Plugins::single("x", &bytes, 1, &PluginLimits::default()).unwrap();
    let told = p.describe("x", Edition::Current).err().map(|e| e.to_string()).unwrap_or_default();
    println!("{which} {} bytes: {:?} {} {told}", bytes.len(), t.elapsed(), peak());
}
