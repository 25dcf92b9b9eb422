//! [`RequestBody`]: the body of a request, as a scheme sees it.

use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes, HttpBody};
use http::StatusCode;
use http::request::Parts;
use http_body::{Frame, SizeHint};

use super::{BodyVerifier, DeferredBody};
use crate::refusal::AuthError;

/// The body of a request that [`BodyLayer`](super::BodyLayer) holds back.
#[derive(Clone)]
pub struct RequestBody(Arc<Held>);

struct Held {
    is_empty: bool,
    state: Mutex<State>,
}

enum State {
    /// Nothing has been read. These verifiers check the body while it is read.
    Ignored(Body, Vec<Box<dyn BodyVerifier>>),
    /// Everything has been read and verified.
    Verified(VecDeque<Frame<Bytes>>),
    /// The body was handed to a reader.
    Taken,
}

/// The layer is missing.
#[derive(Debug)]
struct NoLayer;

impl fmt::Display for NoLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "the scheme verifies bodies, and the router has no layer that holds them back; add \
             `.layer(auth_runtime::body::BodyLayer)` to it, or the layer of the scheme's crate",
        )
    }
}

impl std::error::Error for NoLayer {}

/// The body was read before it could be verified.
#[derive(Debug)]
struct AlreadyRead;

impl fmt::Display for AlreadyRead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "the body was read before it could be verified; let no layer read it between `BodyLayer` and the handler",
        )
    }
}

impl std::error::Error for AlreadyRead {}

impl RequestBody {
    /// Takes the body into custody and returns the body that replaces it in the request.
    pub(super) fn hold(body: Body) -> (Self, Body) {
        let is_empty = body.is_end_stream();
        let size = body.size_hint();
        let held = Self(Arc::new(Held { is_empty, state: Mutex::new(State::Ignored(body, Vec::new())) }));
        let handed_out = Body::new(HandedOut { held: held.clone(), reading: None, size });
        (held, handed_out)
    }

    /// Returns the body of this request.
    ///
    /// # Errors
    ///
    /// [`AuthError::internal`] if the router has no [`BodyLayer`](super::BodyLayer). A scheme that verifies bodies calls this
    /// before it reports that a caller is known.
    pub fn of(request: &Parts) -> Result<&Self, AuthError> {
        request.extensions.get().ok_or_else(|| AuthError::internal(NoLayer))
    }

    /// Returns whether the body is known to be empty. A chunked body without a chunk counts as empty.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty
    }

    /// Verifies the body now, or arranges that it is verified while it is read.
    pub(crate) async fn verify(&self, deferred: DeferredBody) -> Result<(), AuthError> {
        let DeferredBody { mut verifier, limit, stream } = deferred;
        let state = std::mem::replace(&mut *self.state(), State::Taken);
        let (result, state) = match state {
            State::Ignored(body, mut verifiers) => {
                verifiers.push(verifier);
                if stream {
                    (Ok(()), State::Ignored(body, verifiers))
                } else {
                    let frames = read(body, limit, |chunk| update(&mut verifiers, chunk)).await?;
                    finish(verifiers)?;
                    (Ok(()), State::Verified(frames))
                }
            }
            State::Verified(frames) => {
                frames.iter().filter_map(Frame::data_ref).for_each(|chunk| verifier.update(chunk));
                (verifier.finish(), State::Verified(frames))
            }
            State::Taken => (Err(AuthError::internal(AlreadyRead)), State::Taken),
        };
        *self.state() = state;
        result
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for RequestBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestBody").field("is_empty", &self.0.is_empty).finish_non_exhaustive()
    }
}

fn update(verifiers: &mut [Box<dyn BodyVerifier>], chunk: &[u8]) {
    for verifier in verifiers {
        verifier.update(chunk);
    }
}

fn finish(verifiers: Vec<Box<dyn BodyVerifier>>) -> Result<(), AuthError> {
    verifiers.into_iter().try_for_each(BodyVerifier::finish)
}

/// Reads a body of at most `limit` bytes.
async fn read(
    mut body: Body,
    limit: usize,
    mut update: impl FnMut(&[u8]),
) -> Result<VecDeque<Frame<Bytes>>, AuthError> {
    let too_long =
        || AuthError::other(StatusCode::PAYLOAD_TOO_LARGE, "The body of the request is too long.", "payload_too_large");
    let limit = u64::try_from(limit).unwrap_or(u64::MAX);
    if body.size_hint().lower() > limit {
        return Err(too_long());
    }
    let (mut frames, mut length) = (VecDeque::new(), 0_u64);
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let frame = frame.map_err(|error| {
            AuthError::other(StatusCode::BAD_REQUEST, "The body of the request broke off.", "invalid_body")
                .because(error)
        })?;
        if let Some(chunk) = frame.data_ref() {
            length = length.saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
            if length > limit {
                return Err(too_long());
            }
            update(chunk);
        }
        frames.push_back(frame);
    }
    Ok(frames)
}

/// The body that the handler reads.
struct HandedOut {
    held: RequestBody,
    reading: Option<State>,
    size: SizeHint,
}

impl HttpBody for HandedOut {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = self.get_mut();
        let held = &this.held;
        let state = this.reading.get_or_insert_with(|| std::mem::replace(&mut *held.state(), State::Taken));
        match state {
            State::Verified(frames) => Poll::Ready(frames.pop_front().map(Ok)),
            State::Ignored(body, verifiers) => match ready!(Pin::new(body).poll_frame(context)) {
                Some(Ok(frame)) => {
                    if let Some(chunk) = frame.data_ref() {
                        update(verifiers, chunk);
                    }
                    Poll::Ready(Some(Ok(frame)))
                }
                Some(Err(error)) => Poll::Ready(Some(Err(error))),
                None => {
                    let verdict = finish(std::mem::take(verifiers));
                    *state = State::Taken;
                    Poll::Ready(verdict.err().map(|error| Err(axum::Error::new(error))))
                }
            },
            State::Taken => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.held.0.is_empty
    }

    fn size_hint(&self) -> SizeHint {
        if self.reading.is_some() { SizeHint::default() } else { self.size }
    }
}
