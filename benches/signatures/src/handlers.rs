//! One handler without authentication, and one for each scheme.

use std::hint::black_box;
use std::time::Duration;

use auth_runtime::settings::PasswordSettings;
use auth_runtime::{AuthContext, Settings, authenticate};
use auth_keys::{MemoryKeys, Service};
use auth_signatures::{CavageSignature, Hawk, HawkBewit, HttpSignature, SignatureLayer};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{Request, StatusCode};
use axum::routing::{MethodRouter, get, post};
use harness::{Case, Local};
use tower_service::Service as _;

use crate::request::Requests;
use crate::{Kind, Scheme};

/// The state of all routers.
type App = AuthContext<MemoryKeys<Service>>;

const HELLO: &str = "hello";

async fn bare() -> &'static str {
    HELLO
}

async fn bare_post(body: Bytes) -> &'static str {
    black_box(body);
    HELLO
}

#[authenticate(Hawk, state = App)]
async fn hawk(#[user] me: Service) -> &'static str {
    greeted(&me)
}

#[authenticate(Hawk, state = App)]
async fn hawk_post(#[user] me: Service, body: Bytes) -> &'static str {
    black_box(body);
    greeted(&me)
}

#[authenticate(HawkBewit, state = App)]
async fn hawk_bewit(#[user] me: Service) -> &'static str {
    greeted(&me)
}

#[authenticate(HttpSignature, state = App)]
async fn http_signature(#[user] me: Service) -> &'static str {
    greeted(&me)
}

#[authenticate(HttpSignature, state = App)]
async fn http_signature_post(#[user] me: Service, body: Bytes) -> &'static str {
    black_box(body);
    greeted(&me)
}

#[authenticate(CavageSignature, state = App)]
async fn cavage_signature(#[user] me: Service) -> &'static str {
    greeted(&me)
}

#[authenticate(CavageSignature, state = App)]
async fn cavage_signature_post(#[user] me: Service, body: Bytes) -> &'static str {
    black_box(body);
    greeted(&me)
}

fn greeted(me: &Service) -> &'static str {
    black_box(me.name());
    HELLO
}

/// A router that serves requests of one kind.
pub(crate) struct Routed {
    router: Router,
    requests: Requests,
    prepared: Vec<Request<Body>>,
}

impl Routed {
    pub(crate) fn bare(kind: Kind) -> Self {
        Self::new(kind, if kind.body == 0 { get(bare) } else { post(bare_post) })
    }

    pub(crate) fn authenticated(kind: Kind) -> Self {
        let has_body = kind.body > 0;
        let handler = match kind.scheme {
            Scheme::Hawk if has_body => post(hawk_post),
            Scheme::Hawk => get(hawk),
            Scheme::HawkBewit => get(hawk_bewit),
            Scheme::HttpSignature(_) if has_body => post(http_signature_post),
            Scheme::HttpSignature(_) => get(http_signature),
            Scheme::CavageSignature(_) if has_body => post(cavage_signature_post),
            Scheme::CavageSignature(_) => get(cavage_signature),
        };
        Self::new(kind, handler)
    }

    fn new(kind: Kind, handler: MethodRouter<App>) -> Self {
        let requests = Requests::new(kind);
        let keys = MemoryKeys::new().with_key(requests.verifying_key(), Service::new("partner"));
        // For the hash that every state makes of nobody's password when it is set up.
        let cheap = PasswordSettings::default().with_memory_kib(8).with_iterations(1);
        let app = App::with_settings(keys, Settings::default().with_passwords(cheap));
        let router = Router::new().route("/hello", handler).with_state(app).layer(SignatureLayer::new());
        // What is signed in the second of the start counts as made before it.
        std::thread::sleep(Duration::from_secs(1));
        Self { router, requests, prepared: Vec::new() }
    }
}

impl Case for Routed {
    fn prepare(&mut self, requests: usize) {
        self.prepared = (0..requests).map(|_| self.requests.next().map(Body::from)).collect();
    }

    fn serve(&mut self, requests: usize) -> Local<'_, ()> {
        Box::pin(async move {
            for request in self.prepared.drain(..requests) {
                let Ok(response) = self.router.call(request).await;
                assert_eq!(response.status(), StatusCode::OK);
            }
        })
    }
}
