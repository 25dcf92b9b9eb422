//! What others wrote is text in every page.

use auth_runtime::store::{LoginStore, NewAccount};

use crate::support::{Answer, Ask, Pages};

const HOSTILE: &str = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>&amp;{{7*7}}</title></textarea>";
const ESCAPED: &str = "&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=alert(2)&gt;&amp;amp;{{7*7}}";

#[track_caller]
fn assert_harmless(page: &Answer) {
    for tag in ["<script", "<img", "'><"] {
        assert!(!page.contains(tag), "{tag}: {}", page.body);
    }
    for closed in ["title", "textarea"] {
        let (opened, closed) = (format!("<{closed}"), format!("</{closed}>"));
        assert_eq!(page.body.matches(&opened).count(), page.body.matches(&closed).count(), "{closed}: {}", page.body);
    }
}

#[tokio::test]
async fn names_and_programs_are_escaped_wherever_they_stand() {
    let pages = Pages::new().await;
    let user = pages.add(&NewAccount::new(HOSTILE).staff(true)).await;
    let mut login = pages.new_login("hostile-login");
    login.user_agent = HOSTILE.to_owned();
    login.name = HOSTILE.to_owned();
    pages.app.backend().insert_login(&user, login).await.unwrap().kept().unwrap();
    pages.give_token(HOSTILE, HOSTILE).await;

    let path = format!("/users/{}", user.id);
    let page = pages.get(&path).await;
    page.assert_page(200, ESCAPED);
    assert!(page.body.matches(ESCAPED).count() >= 6, "title, heading, login, program, token, button: {}", page.body);
    assert_harmless(&page);
    for answer in [
        pages.get("/users").await,
        // Signed in with that name.
        pages.send(Ask::get(&path).by("hostile")).await,
        pages.post(&format!("{path}/tokens"), &[("name", HOSTILE), ("expires", "7")]).await,
    ] {
        assert_eq!(answer.status, 200);
        assert!(answer.contains(ESCAPED));
        assert_harmless(&answer);
    }
    let typed = pages.post(&format!("{path}/tokens"), &[("name", HOSTILE), ("expires", HOSTILE)]).await;
    assert_eq!(typed.status, 422);
    assert_harmless(&typed);
}

#[tokio::test]
async fn what_was_typed_is_escaped() {
    let pages = Pages::new().await;
    let query =
        serde_urlencoded::to_string([("search", HOSTILE), ("after", HOSTILE), ("next", HOSTILE), ("done", HOSTILE)]);
    let query = query.unwrap();
    for path in [format!("/users?{query}"), format!("/sign-in?{query}"), format!("/nothing?{query}")] {
        assert_harmless(&pages.get(&path).await);
    }
    let fields = ["username", "password", "next"].map(|name| (name, HOSTILE));
    assert_harmless(&pages.post("/sign-in", &fields).await);
    let fields =
        ["name", "idle_lifetime", "max_logins", "at_limit", "rate", "allowed_origins"].map(|name| (name, HOSTILE));
    let page = pages.post("/clients/new", &fields).await;
    page.assert_page(422, "Nothing was saved.");
    assert_harmless(&page);
}

#[tokio::test]
async fn a_notice_says_what_these_pages_say_and_nothing_else() {
    let pages = Pages::new().await;
    let user = pages.user("ada").await;
    assert!(pages.get(&format!("{user}?done=login-ended")).await.contains("role=\"status\">The login has ended."));
    for done in ["", "Your+password+is+wrong", "LOGIN-ENDED"] {
        assert!(!pages.get(&format!("{user}?done={done}")).await.contains("role=\"status\""), "{done}");
    }
}

#[tokio::test]
async fn names_that_turn_text_round_are_written_out() {
    let pages = Pages::new().await;
    for (name, shown) in [("\u{202e}nimda", "&quot;\\u{202e}nimda&quot;"), ("Zoë 茶", "Zoë 茶")] {
        let user = pages.add(&NewAccount::new(name)).await;
        let page = pages.get("/users").await;
        let link = format!("<a href=\"./users/{}\"><bdi>{shown}</bdi></a>", user.id);
        assert!(page.contains(&link), "{link}: {}", page.body);
    }
}
