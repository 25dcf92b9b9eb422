//! Reads the `curl` lines that the program prints.

use base64ct::{Base64, Encoding};

use crate::client::Request;

/// The path and the request of a line such as `curl -i -u ada:'pw' http://127.0.0.1:8000/me`, with `token` for `$TOKEN`.
pub(crate) fn request(line: &str, token: &str) -> (String, Request) {
    let mut words = words(&line.replace("$TOKEN", token)).into_iter().skip(1);
    let mut headers = Vec::new();
    let mut fields = Vec::new();
    let mut path = String::new();
    while let Some(word) = words.next() {
        let mut value = || words.next().expect("the option has a value");
        match word.as_str() {
            "-i" | "-s" => {}
            "-u" => headers
                .push(("Authorization".to_owned(), format!("Basic {}", Base64::encode_string(value().as_bytes())))),
            "-d" => fields.push(value()),
            "-H" => {
                let header = value();
                let (name, value) = header.split_once(": ").expect("a name and a value");
                headers.push((name.to_owned(), value.to_owned()));
            }
            url => path = format!("/{}", url.strip_prefix("http://").unwrap().split_once('/').unwrap().1),
        }
    }
    let request = if fields.is_empty() { Request::get(&path) } else { Request::form(&path, &fields.join("&")) };
    (path, headers.iter().fold(request, |request, (name, value)| request.header(name, value)))
}

/// What a shell makes of the line: words, with their quotes taken off.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for character in line.chars() {
        match (quote, character) {
            (Some(open), _) if open == character => quote = None,
            (None, '\'' | '"') => quote = Some(character),
            (None, ' ') => words.push(String::new()),
            _ => words.last_mut().unwrap().push(character),
        }
    }
    words
}
