//! `signed call`: signs a request, sends it, and verifies the response.

use std::path::PathBuf;
use std::time::Duration;

use auth_keys::{KeyFile, SigningKey};
use auth_runtime::Clock;
use auth_signatures::cavage::CavageSigner;
use auth_signatures::hawk::{self, Artifacts, ResponseError, SignOptions};
use auth_signatures::http_signature::{MessageSigner, ResponseVerifier, SignatureError};
use axum::http::header::{CONTENT_TYPE, HOST, HeaderValue};
use axum::http::{Method, Request, Response, Uri};
use clap::{Args, ValueEnum};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;

use crate::{Failure, keys};

/// How long a link with a bewit is valid.
const LIFETIME: Duration = Duration::from_secs(300);

/// Signs a request, sends it, and prints the response once its signature is verified.
#[derive(Debug, Args)]
pub(crate) struct Call {
    /// How the request is signed.
    scheme: Scheme,

    /// The method.
    method: Method,

    /// The URL, with `http://`. One with `https://` can be printed.
    url: Uri,

    /// The key to sign with: a JWK.
    #[arg(long)]
    key: PathBuf,

    /// The keys of a server that signs its responses by RFC 9421: a JWK Set. Without it, they are not verified.
    #[arg(long)]
    server_keys: Option<PathBuf>,

    /// The body.
    #[arg(long, default_value = "")]
    data: String,

    /// The media type of the body.
    #[arg(long, default_value = "text/plain")]
    content_type: HeaderValue,

    /// Speak HTTP/2.
    #[arg(long)]
    http2: bool,

    /// Print the headers for `curl --header @-`, or the link, and send nothing.
    #[arg(long)]
    print: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Scheme {
    /// `Authorization: Hawk`
    Hawk,
    /// A link with `?bewit=`
    Bewit,
    /// HTTP message signatures (RFC 9421)
    Message,
    /// `Authorization: Signature` of `draft-cavage-http-signatures-12`
    Cavage,
}

/// How a request was signed, which is needed to verify the response.
enum Signed {
    Hawk(hawk::Client, Artifacts),
    Message(Request<Bytes>),
    Otherwise,
}

impl Call {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        let key = keys::read(&self.key)?;
        let (mut request, mut signed) = self.sign(&key, None)?;
        if self.print {
            return self.print(&request);
        }
        let mut response = self.send(request).await?;
        if let Signed::Hawk(client, _) = &signed
            && client.resync(&response.clone().into_parts().0)?
        {
            eprintln!("by the server's clock it is another time; signed and sent again");
            (request, signed) = self.sign(&key, Some(client.clone()))?;
            response = self.send(request).await?;
        }

        let status = response.status();
        let verified = self.verify(&signed, &response)?;
        eprintln!(
            "{status}, {}",
            if verified { "signed by the server" } else { "without a signature that was verified" }
        );
        println!("{}", String::from_utf8_lossy(response.body()));
        if status.is_success() { Ok(()) } else { Err(format!("the answer is {status}").into()) }
    }

    /// Signs the request with `key`. For Hawk, uses the given client if there is one, since it knows the server's time.
    fn sign(&self, key: &SigningKey, hawk: Option<hawk::Client>) -> Result<(Request<Bytes>, Signed), Failure> {
        let mut request = Request::new(Bytes::from(self.data.clone()));
        (*request.method_mut(), *request.uri_mut()) = (self.method.clone(), self.url.clone());
        if !self.data.is_empty() {
            request.headers_mut().insert(CONTENT_TYPE, self.content_type.clone());
        }
        let key = key.clone();
        let signed = match self.scheme {
            Scheme::Hawk => {
                let client = hawk.map_or_else(|| hawk::Client::new(key), Ok)?;
                let artifacts = client.sign(&mut request, &SignOptions::new())?;
                Signed::Hawk(client, artifacts)
            }
            Scheme::Bewit => {
                *request.uri_mut() = hawk::Client::new(key)?.signed_uri(&self.url, LIFETIME, None)?;
                Signed::Otherwise
            }
            Scheme::Message => {
                MessageSigner::new(key).sign(&mut request, self.data.as_bytes())?;
                Signed::Message(request.clone())
            }
            Scheme::Cavage => {
                let (mut head, body) = request.into_parts();
                CavageSigner::new(key, Clock::system()).sign(&mut head, &body)?;
                request = Request::from_parts(head, body);
                Signed::Otherwise
            }
        };
        Ok((request, signed))
    }

    /// Returns whether the response is signed.
    ///
    /// # Errors
    ///
    /// If the response is signed, but not by the server or not for this request.
    fn verify(&self, signed: &Signed, response: &Response<Bytes>) -> Result<bool, Failure> {
        let verified: Result<(), Failure> = match (signed, &self.server_keys) {
            (Signed::Hawk(client, artifacts), _) => {
                let (head, body) = response.clone().into_parts();
                match client.verify_response(artifacts, &head, Some(&body)) {
                    Err(ResponseError::Unsigned) => return Ok(false),
                    verdict => verdict.map(drop).map_err(Failure::from),
                }
            }
            (Signed::Message(request), Some(keys)) => {
                let verifier = ResponseVerifier::new(KeyFile::open(keys)?.keys());
                match verifier.verify(request, response, response.body()) {
                    Err(SignatureError::NotSigned) => return Ok(false),
                    verdict => verdict.map(drop).map_err(Failure::from),
                }
            }
            _ => return Ok(false),
        };
        verified.map_err(|error| format!("the response is not to be trusted: {error}"))?;
        Ok(true)
    }

    fn print(&self, request: &Request<Bytes>) -> Result<(), Failure> {
        if self.scheme == Scheme::Bewit {
            println!("{}", request.uri());
        }
        for (name, value) in request.headers() {
            println!("{name}: {}", value.to_str()?);
        }
        Ok(())
    }

    /// Sends the request over a new connection.
    async fn send(&self, mut request: Request<Bytes>) -> Result<Response<Bytes>, Failure> {
        if request.uri().scheme_str() != Some("http") {
            return Err("this client has no TLS; use --print, and curl".into());
        }
        let authority = request.uri().authority().ok_or("the URL has no host")?.clone();
        let host = authority.host().trim_matches(['[', ']']);
        let stream = TokioIo::new(TcpStream::connect((host, authority.port_u16().unwrap_or(80))).await?);
        let response = if self.http2 {
            request.headers_mut().remove(HOST); // it is in the pseudo-header
            let (mut sender, connection) = http2::handshake(TokioExecutor::new(), stream).await?;
            tokio::spawn(connection);
            sender.send_request(request.map(Full::new)).await?
        } else {
            request.headers_mut().insert(HOST, authority.as_str().try_into()?);
            let target = request.uri().path_and_query().map_or("/", |target| target.as_str()).parse()?;
            *request.uri_mut() = target;
            let (mut sender, connection) = http1::handshake(stream).await?;
            tokio::spawn(connection);
            sender.send_request(request.map(Full::new)).await?
        };
        let (head, body) = response.into_parts();
        Ok(Response::from_parts(head, body.collect().await?.to_bytes()))
    }
}
