//! A page of another origin.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};

/// Serves one page, whatever is asked for, as long as the test runs.
#[derive(Debug)]
pub(crate) struct ForeignPage {
    address: SocketAddr,
}

impl ForeignPage {
    pub(crate) fn serve(html: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let html = html.clone();
                std::thread::spawn(move || drop(answer(stream, &html)));
            }
        });
        Self { address }
    }

    /// Of the same site as the application, which is on `127.0.0.1` as well: the browser sends all cookies along.
    pub(crate) fn same_site(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Of another site: the browser keeps back cookies that are `SameSite=Lax`.
    pub(crate) fn cross_site(&self) -> String {
        format!("http://localhost:{}", self.address.port())
    }
}

fn answer(mut stream: TcpStream, html: &str) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    while reader.read_line(&mut line)? > 2 {
        line.clear();
    }
    let length = html.len();
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{html}"
    )
}
