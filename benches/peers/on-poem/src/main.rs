//! The security schemes of poem-openapi over bare poem-openapi, with the same request and look-up as on axum: see
//! `harness`.

use cost::{Account, Kind, USERS, app, find, greeted};
use harness::{Case, Local, Subject};
use poem::endpoint::BoxEndpoint;
use poem::http::StatusCode;
use poem::{Endpoint, EndpointExt, Request, Route};
use poem_openapi::auth::Bearer;
use poem_openapi::payload::PlainText;
use poem_openapi::{OpenApi, OpenApiService, SecurityScheme};

#[derive(SecurityScheme)]
#[oai(ty = "bearer", checker = "check")]
struct TokenUser(Account);

async fn check(request: &Request, bearer: Bearer) -> Option<Account> {
    find(request.data::<cost::App>()?.backend(), &bearer.token)
}

#[derive(Clone)]
struct Bare;

#[OpenApi]
impl Bare {
    #[oai(path = "/hello", method = "get")]
    async fn hello(&self) -> PlainText<&'static str> {
        PlainText("hello")
    }
}

#[derive(Clone)]
struct Authenticated;

#[OpenApi]
impl Authenticated {
    #[oai(path = "/hello", method = "get")]
    async fn hello(&self, me: TokenUser) -> PlainText<&'static str> {
        PlainText(greeted(&me.0))
    }
}

struct Poem {
    endpoint: BoxEndpoint<'static>,
    kind: Kind,
    status: StatusCode,
    prepared: Vec<Request>,
}

impl Case for Poem {
    fn prepare(&mut self, requests: usize) {
        let request = |n| {
            let request = cost::request(self.kind, n * 7_919 % USERS);
            let headers = request.headers().iter();
            headers
                .fold(Request::builder().uri_str("/hello"), |builder, (name, value)| builder.header(name, value))
                .finish()
        };
        self.prepared = (0..requests).map(request).collect();
    }

    fn serve(&mut self, requests: usize) -> Local<'_, ()> {
        Box::pin(async move {
            for request in self.prepared.drain(..requests) {
                let response = self.endpoint.get_response(request).await;
                assert_eq!(response.status(), self.status);
            }
        })
    }
}

fn subject(name: &str, kind: Kind, status: StatusCode, api: impl OpenApi + Clone + 'static) -> Subject {
    let named = |name: &str| format!("{name}, {}", kind.name());
    Subject::new(named(name), named("bare poem-openapi"), async move || {
        let service = OpenApiService::new(api.clone(), "hello", "1");
        let endpoint = Route::new().nest("/", service).data(app()).boxed();
        Poem { endpoint, kind, status, prepared: Vec::new() }
    })
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let (ok, unauthorized) = (StatusCode::OK, StatusCode::UNAUTHORIZED);
    let mut subjects = Vec::new();
    for (kind, status) in [(Kind::Token, ok), (Kind::UnknownToken, unauthorized)] {
        subjects.push(subject("bare poem-openapi", kind, ok, Bare));
        subjects.push(subject("poem-openapi, security scheme", kind, status, Authenticated));
    }
    harness::main(subjects).await;
}
