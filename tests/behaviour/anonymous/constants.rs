//! The constants of permissions, compared with what the permissions decide.

use std::collections::BTreeSet;

use auth_runtime::permission::{
    Access, AllowAny, And, Decision, HasPermission, IsAuthenticated, IsAuthenticatedOrReadOnly, IsStaff,
    ModelPermissions, ModelPermissionsOrAnonReadOnly, ModelPermissionsWithView, Not, ObjectPermissions,
    ObjectPermissionsWithView, Or, Permission,
};
use auth_runtime::{AuthError, ErrorKind, Identity, User};
use auth_store::Account;
use axum::http::Method;
use tests::{App, account, app};

const METHODS: [Method; 9] = [
    Method::GET,
    Method::HEAD,
    Method::OPTIONS,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
    Method::TRACE,
    Method::CONNECT,
];

/// A permission that says nothing of anonymous callers: the header `coins` says whether it allows the request.
#[derive(Clone, Copy)]
struct Coin<const AT: usize>;

impl<S: Sync, U: User, const AT: usize> Permission<S, U> for Coin<AT> {
    async fn has_permission(&self, access: &Access<'_, S, U>) -> Result<(), AuthError> {
        match access.request.headers["coins"].as_bytes()[AT] {
            b'1' => Ok(()),
            _ => Err(AuthError::permission_denied()),
        }
    }
}

/// What the permission decides about anonymous callers, for every method, whatever the coins say and whatever stands in the
/// place of the user, is what its constant says: no more and no less.
async fn check<P: Permission<App, Account>>(permission: P) {
    let app = app().await;
    let boss = account(&app, "boss").await;
    for method in METHODS {
        let mut decisions = BTreeSet::new();
        let mut fails = false;
        for coins in 0..8 {
            let coins = format!("{coins:03b}");
            let (request, ()) = axum::http::Request::builder()
                .method(method.clone())
                .header("coins", &coins)
                .body(())
                .unwrap()
                .into_parts();
            for user in [None, Some(boss.clone())] {
                let identity = Identity::anonymous(user);
                let access = Access { request: &request, identity: &identity, state: &app, client: None };
                match permission.has_permission(&access).await {
                    Ok(()) => drop(decisions.insert(true)),
                    Err(error) if error.kind() == ErrorKind::PermissionDenied => drop(decisions.insert(false)),
                    Err(_) => fails = true,
                }
            }
        }
        let said = match P::ANONYMOUS.on(&method) {
            Decision::Denied => BTreeSet::from([false]),
            Decision::Allowed => BTreeSet::from([true]),
            Decision::Depends => BTreeSet::from([false, true]),
        };
        let name = std::any::type_name::<P>();
        assert!(decisions.is_subset(&said), "{method} {name}: {decisions:?}, and it says {said:?}");
        assert!(fails || decisions == said, "{method} {name}: {decisions:?}, and it says {said:?}");
    }
}

/// Calls a macro with each of four permissions, which stand for all that a constant can say; the coin of each place is another.
macro_rules! for_each {
    ($at:literal, $do:ident!($($with:tt)*)) => {
        $do!($($with)* AllowAny);
        $do!($($with)* IsAuthenticated);
        $do!($($with)* IsAuthenticatedOrReadOnly);
        $do!($($with)* Coin::<$at>);
    };
}

macro_rules! one {
    ($a:expr) => {
        check($a).await;
        check(Not($a)).await;
        check(($a,)).await;
        for_each!(1, two!($a,));
    };
}

macro_rules! two {
    ($a:expr, $b:expr) => {
        check(And($a, $b)).await;
        check(Or($a, $b)).await;
        check(Not(And($a, Not($b)))).await;
        check(Not(Or(Not($a), $b))).await;
        check(($a, $b)).await;
    };
}

macro_rules! three {
    ($a:expr) => {
        for_each!(1, three!($a,));
    };
    ($a:expr, $b:expr) => {
        check(Or(And($a, Not($b)), Coin::<2>)).await;
        check(And(Or($a, Coin::<2>), Not($b))).await;
        check(Not(And(Coin::<2>, Or($a, $b)))).await;
        check(($a, Or(Coin::<2>, $b), Not(IsStaff))).await;
    };
}

#[tokio::test]
async fn constants_of_composed_permissions_are_what_they_decide() {
    for_each!(0, one!());
    for_each!(0, three!());
}

#[tokio::test]
async fn constants_of_built_in_permissions_are_what_they_decide() {
    const MODEL: &str = "blog.note";
    check(IsStaff).await;
    check(HasPermission { codename: "blog.publish_note" }).await;
    check(ModelPermissions { model: MODEL }).await;
    check(ModelPermissionsWithView { model: MODEL }).await;
    check(ModelPermissionsOrAnonReadOnly { model: MODEL }).await;
    check(ObjectPermissions { model: MODEL }).await;
    check(ObjectPermissionsWithView { model: MODEL }).await;
    check(Not(ModelPermissionsOrAnonReadOnly { model: MODEL })).await;
    check(Or(HasPermission { codename: "blog.publish_note" }, ModelPermissionsOrAnonReadOnly { model: MODEL })).await;
    check((AllowAny, AllowAny, AllowAny, AllowAny, AllowAny, AllowAny, AllowAny, IsAuthenticatedOrReadOnly)).await;
}

#[test]
fn decisions_follow_kleenes_logic() {
    let all = [Decision::Denied, Decision::Allowed, Decision::Depends];
    let meaning = |decision| match decision {
        Decision::Denied => vec![false],
        Decision::Allowed => vec![true],
        Decision::Depends => vec![false, true],
    };
    let decision = |possible: Vec<bool>| match (possible.contains(&true), possible.contains(&false)) {
        (true, true) => Decision::Depends,
        (allowed, _) => {
            if allowed {
                Decision::Allowed
            } else {
                Decision::Denied
            }
        }
    };
    for a in all {
        assert_eq!(a.not(), decision(meaning(a).into_iter().map(|a| !a).collect()), "!{a:?}");
        assert_eq!(a.may_allow(), meaning(a).contains(&true));
        for b in all {
            let pairs = || meaning(a).into_iter().flat_map(|a| meaning(b).into_iter().map(move |b| (a, b)));
            assert_eq!(a.and(b), decision(pairs().map(|(a, b)| a && b).collect()), "{a:?} & {b:?}");
            assert_eq!(a.or(b), decision(pairs().map(|(a, b)| a || b).collect()), "{a:?} | {b:?}");
        }
    }
}
