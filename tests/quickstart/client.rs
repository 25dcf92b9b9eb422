//! A small HTTP/1.1 client: one request a connection, and every byte as the test wants it.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use tests::Answer;

/// A request, sent by [`Request::send`].
#[derive(Debug, Clone)]
pub(crate) struct Request {
    method: String,
    path: String,
    headers: Vec<u8>,
    body: String,
}

impl Request {
    pub(crate) fn new(method: &str, path: &str) -> Self {
        Self { method: method.to_owned(), path: path.to_owned(), headers: Vec::new(), body: String::new() }
    }

    pub(crate) fn get(path: &str) -> Self {
        Self::new("GET", path)
    }

    /// A `POST` of a form.
    pub(crate) fn form(path: &str, fields: &str) -> Self {
        Self::new("POST", path).body("application/x-www-form-urlencoded", fields)
    }

    /// Adds a header; another one with this name stays.
    pub(crate) fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers.extend_from_slice(name.as_bytes());
        self.headers.extend_from_slice(b": ");
        self.headers.extend_from_slice(value.as_ref());
        self.headers.extend_from_slice(b"\r\n");
        self
    }

    pub(crate) fn body(mut self, media_type: &str, body: &str) -> Self {
        body.clone_into(&mut self.body);
        self.header("Content-Type", media_type)
    }

    /// Sends the request on a connection of its own, and reads the answer.
    pub(crate) fn send(&self, address: SocketAddr) -> Answer {
        let Self { method, path, headers, body } = self;
        let length = body.len();
        let mut bytes =
            format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {length}\r\n")
                .into_bytes();
        bytes.extend_from_slice(headers);
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(body.as_bytes());
        exchange(address, &bytes).unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }
}

/// Sends these bytes and reads one answer.
pub(crate) fn exchange(address: SocketAddr, bytes: &[u8]) -> io::Result<Answer> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    stream.write_all(bytes)?;
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.ok_or_else(|| io::Error::other(format!("no status line, but {line:?}")))?;
    let mut answer = Answer { status, headers: axum::http::HeaderMap::new(), body: String::new() };
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        let name = axum::http::HeaderName::try_from(name).map_err(io::Error::other)?;
        answer.headers.append(name, value.trim().parse().map_err(io::Error::other)?);
    }
    let length = answer.header("content-length").and_then(|length| length.parse().ok());
    reader.take(length.unwrap_or(u64::MAX)).read_to_string(&mut answer.body)?;
    Ok(answer)
}

/// The value of a cookie that the answer sets.
pub(crate) fn set_cookie(answer: &Answer, name: &str) -> Option<String> {
    let cookies = answer.all("set-cookie");
    let values = cookies.iter().filter_map(|cookie| cookie.strip_prefix(name)?.strip_prefix('='));
    values.map(|value| value.split(';').next().unwrap_or_default().to_owned()).next()
}
