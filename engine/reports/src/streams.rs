//! Ends of streams in a PDF.
//!
//! Comes in: the bytes that Typst wrote. Goes out: the same document, in which a stream whose data
//! end in a carriage return is closed by CR LF instead of LF. Compressed data end so now and then;
//! a reader that takes the last CR for a part of the line end then finds the stream one byte short
//! of its length, and PDF/A (ISO 19005-3, 6.1.7.1) wants the length to fit. The byte is taken from
//! the optional line end before the keyword `stream`, so no offset changes.

/// Rewrites such ends in place.
pub fn close(pdf: &mut [u8]) {
    const OPEN: &[u8] = b"\nstream\n";
    const CLOSE: &[u8] = b"\nendstream";
    let mut from = 0;
    while let Some(open) = find(&pdf[from..], OPEN).map(|at| from + at) {
        let data = open + OPEN.len();
        let Some(length) = length(&pdf[..open]) else {
            from = data;
            continue;
        };
        let Some(end) = data.checked_add(length).filter(|end| pdf[(*end).min(pdf.len())..].starts_with(CLOSE)) else {
            from = data;
            continue;
        };
        if length > 0 && pdf[end - 1] == b'\r' {
            // `…>>⏎stream⏎DATA␍⏎endstream` → `…>>stream⏎DATA␍␍⏎endstream`.
            pdf.copy_within(open + 1..end, open);
            pdf[end - 1] = b'\r';
        }
        from = end;
    }
}

/// The `/Length` of the dictionary that ends where `before` ends.
fn length(before: &[u8]) -> Option<usize> {
    const KEY: &[u8] = b"/Length ";
    let dictionary = &before[before.len().saturating_sub(4096)..];
    let object = dictionary.windows(4).rposition(|part| part == b" obj").unwrap_or(0);
    let dictionary = &dictionary[object..];
    let key = dictionary.windows(KEY.len()).position(|part| part == KEY)?;
    let digits: Vec<u8> = dictionary[key + KEY.len()..].iter().copied().take_while(u8::is_ascii_digit).collect();
    // A reference (`12 0 R`) is no number of bytes; Typst writes none here.
    std::str::from_utf8(&digits).ok()?.parse().ok()
}

fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_that_ends_in_a_carriage_return_is_closed_by_two_bytes() {
        let mut pdf = b"1 0 obj\n<< /Length 3 >>\nstream\nab\r\nendstream\nendobj\n".to_vec();
        close(&mut pdf);
        assert_eq!(pdf, b"1 0 obj\n<< /Length 3 >>stream\nab\r\r\nendstream\nendobj\n".to_vec());
    }

    #[test]
    fn other_streams_stay_as_they_are() {
        let before = b"1 0 obj\n<< /Length 3 >>\nstream\nabc\nendstream\nendobj\n2 0 obj\n<< /Length 12 >>\nstream\n\
                       x\nendstream\r\nendstream\nendobj\n"
            .to_vec();
        let mut pdf = before.clone();
        close(&mut pdf);
        assert_eq!(&pdf[..50], &before[..50]);
        assert_eq!(pdf.len(), before.len());
        // The second holds the keyword in its data and ends in a carriage return.
        assert!(pdf.ends_with(b">>stream\nx\nendstream\r\r\nendstream\nendobj\n"));
    }
}
