//! A TCP proxy that misbehaves as networks and servers do. Also a module of `tests/quickstart`.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;

/// A proxy in front of a server. It ends when it is dropped.
pub(crate) struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    is_stopped: bool,
    is_over: bool,
    /// Both ends of each connection.
    connections: Vec<[TcpStream; 2]>,
    /// How many connections of the first ones are lost.
    lost: usize,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state());
        self.changed.notify_all();
    }

    /// Hands on what comes from one end, unless it has stopped.
    fn pump(&self, number: usize, mut from: TcpStream, mut to: TcpStream) {
        let mut buffer = [0; 16_384];
        while let Ok(read @ 1..) = from.read(&mut buffer) {
            let holds_back = |state: &mut State| !state.is_over && (state.is_stopped || number < state.lost);
            let state = self.changed.wait_while(self.state(), holds_back).unwrap();
            if state.is_over {
                return;
            }
            drop(state);
            if to.write_all(&buffer[..read]).is_err() {
                break;
            }
        }
        drop(to.shutdown(Shutdown::Write));
    }
}

impl Proxy {
    pub(crate) fn before(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared::default());
        let accepting = Arc::clone(&shared);
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if accepting.state().is_over {
                    return;
                }
                let Ok(server) = TcpStream::connect(server) else { continue };
                let clone = |stream: &TcpStream| stream.try_clone().unwrap();
                let mut number = 0;
                accepting.change(|state| {
                    number = state.connections.len();
                    state.connections.push([clone(&client), clone(&server)]);
                });
                for (from, to) in [(clone(&client), clone(&server)), (server, client)] {
                    let shared = Arc::clone(&accepting);
                    thread::spawn(move || shared.pump(number, from, to));
                }
            }
        });
        Self { address, shared }
    }

    /// The address of a server, as its URL has it, with this proxy in its place.
    pub(crate) fn before_url(url: &str) -> (Self, String) {
        let host = url.rsplit('@').next().unwrap().trim_start_matches("redis://").split('/').next().unwrap();
        let proxy = Self::before(host.parse().unwrap());
        let proxied = url.replace(host, &proxy.address.to_string());
        (proxy, proxied)
    }

    /// Holds back everything, as a server does that was stopped.
    pub(crate) fn stop(&self) {
        self.shared.change(|state| state.is_stopped = true);
    }

    /// Goes on with what was held back.
    pub(crate) fn go_on(&self) {
        self.shared.change(|state| state.is_stopped = false);
    }

    /// Never forwards again what is sent on present connections, as a network does that forgot them. New ones are well.
    pub(crate) fn lose_connections(&self) {
        self.shared.change(|state| state.lost = state.connections.len());
    }

    /// Closes the present connections, as a server does that ends.
    pub(crate) fn cut(&self) {
        for end in self.shared.state().connections.iter().flatten() {
            drop(end.shutdown(Shutdown::Both));
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.change(|state| state.is_over = true);
        self.cut();
        // So that it stops accepting.
        drop(TcpStream::connect(self.address));
    }
}
