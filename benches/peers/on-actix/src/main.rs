//! actix-web-httpauth over bare actix-web, with the same request and look-up as on axum: see `harness`.

use std::future::ready;

use actix_http::Request;
use actix_web::body::MessageBody;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse};
use actix_web::error::ErrorUnauthorized;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{App, Error, FromRequest, HttpMessage, HttpRequest, dev, test, web};
use actix_web_httpauth::extractors::bearer::BearerAuth;
use actix_web_httpauth::middleware::HttpAuthentication;
use cost::{Account, Kind, USERS, app, find, greeted};
use harness::{Case, Local, Subject};

type State = Data<cost::App>;

async fn bare() -> &'static str {
    "hello"
}

struct Me(Account);

impl FromRequest for Me {
    type Error = Error;
    type Future = std::future::Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let Ok(bearer) = BearerAuth::from_request(request, payload).into_inner() else {
            return ready(Err(ErrorUnauthorized("Invalid token.")));
        };
        let app = request.app_data::<State>().expect("the state");
        ready(find(app.backend(), bearer.token()).map(Self).ok_or_else(|| ErrorUnauthorized("Invalid token.")))
    }
}

async fn extracted(Me(me): Me) -> &'static str {
    greeted(&me)
}

async fn validate(request: ServiceRequest, bearer: BearerAuth) -> Result<ServiceRequest, (Error, ServiceRequest)> {
    let app = request.app_data::<State>().expect("the state");
    match find(app.backend(), bearer.token()) {
        Some(me) => {
            request.extensions_mut().insert(me);
            Ok(request)
        }
        None => Err((ErrorUnauthorized("Invalid token."), request)),
    }
}

async fn from_extensions(me: web::ReqData<Account>) -> &'static str {
    greeted(&me)
}

struct Actix<S> {
    service: S,
    kind: Kind,
    status: StatusCode,
    prepared: Vec<Request>,
}

impl<S, B> Actix<S>
where
    S: Service<Request, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
{
    fn new(service: S, kind: Kind, status: StatusCode) -> Self {
        Self { service, kind, status, prepared: Vec::new() }
    }
}

impl<S, B> Case for Actix<S>
where
    S: Service<Request, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
{
    fn prepare(&mut self, requests: usize) {
        let request = |n| {
            let request = cost::request(self.kind, n * 7_919 % USERS);
            let headers = request.headers().iter();
            headers
                .fold(test::TestRequest::with_uri("/hello"), |test, (name, value)| {
                    test.append_header((name.as_str(), value.as_bytes()))
                })
                .to_request()
        };
        self.prepared = (0..requests).map(request).collect();
    }

    fn serve(&mut self, requests: usize) -> Local<'_, ()> {
        Box::pin(async move {
            for request in self.prepared.drain(..requests) {
                let status = match self.service.call(request).await {
                    Ok(response) => response.status(),
                    Err(error) => error.error_response().status(),
                };
                assert_eq!(status, self.status);
            }
        })
    }
}

/// One subject of an application with one route.
macro_rules! subject {
    ($name:literal, $kind:expr, $status:expr, $app:expr) => {{
        let (kind, status) = ($kind, $status);
        let named = |name: &str| format!("{name}, {}", kind.name());
        Subject::new(named($name), named("bare actix-web"), async move || {
            let app = $app.app_data(Data::new(app()));
            Actix::new(test::init_service(app).await, kind, status)
        })
    }};
}

fn subjects() -> Vec<Subject> {
    let (token, unknown) = (Kind::Token, Kind::UnknownToken);
    let (ok, unauthorized) = (StatusCode::OK, StatusCode::UNAUTHORIZED);
    let mut subjects = Vec::new();
    for (kind, status) in [(token, ok), (unknown, unauthorized)] {
        subjects.extend([
            subject!("bare actix-web", kind, ok, App::new().route("/hello", web::get().to(bare))),
            subject!(
                "actix-web-httpauth, extractor",
                kind,
                status,
                App::new().route("/hello", web::get().to(extracted))
            ),
            subject!(
                "actix-web-httpauth, middleware",
                kind,
                status,
                App::new().wrap(HttpAuthentication::bearer(validate)).route("/hello", web::get().to(from_extensions))
            ),
        ]);
    }
    subjects
}

fn main() {
    actix_web::rt::System::new().block_on(harness::main(subjects()));
}
