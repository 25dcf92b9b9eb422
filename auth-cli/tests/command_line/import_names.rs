//! `auth import` of users whose names look alike, or have another form than names have here.

use serde_json::{Value, json};

use crate::django::{Secrets, sqlite};
use crate::import::tallies;
use crate::support::{Bench, logs_in, user_of};

/// More users with the password and the flags of `ada`, and tokens of the framework.
const MORE: &str = "
    INSERT INTO auth_user SELECT more.id, password, last_login, is_superuser, more.name, last_name, email, is_staff, \
        is_active, date_joined, first_name FROM auth_user, (\
            SELECT 101 AS id, 'ADA' AS name \
            UNION SELECT 102, 'ada' || char(0x200b) \
            UNION SELECT 103, char(0xff41, 0xff44, 0xff41) \
            UNION SELECT 104, 'Mu' || char(0x308) || 'ller' \
            UNION SELECT 105, 'bob ' \
            UNION SELECT 106, 'eve ' \
            UNION SELECT 107, 'zo' || char(0xeb) \
            UNION SELECT 108, 'zoe' || char(0x308)\
        ) more WHERE username = 'ada';
    INSERT INTO authtoken_token SELECT 'token-' || id, '2024-01-02 03:04:05', id FROM auth_user WHERE id > 100;
";

/// The users of [`MORE`]: their ids there, and their names there and here.
const NAMES: [(u32, &str, &str); 8] = [
    (101, "ADA", "ADA"),
    (102, "ada\u{200b}", "ada\u{200b}"),
    (103, "ａｄａ", "ａｄａ"),
    (104, "Mu\u{308}ller", "Müller"),
    (105, "bob ", "bob"),
    (106, "eve ", "eve "),
    (107, "zoë", "zoë"),
    (108, "zoe\u{308}", "zoe\u{308}"),
];

fn tokens_of_framework(report: &Value) -> &Value {
    report["tables"].as_array().unwrap().iter().find(|table| table["table"] == "authtoken_token").unwrap()
}

#[tokio::test]
async fn every_user_comes_over_and_those_that_look_alike_are_named() {
    let bench = Bench::new("import-names");
    let django = sqlite(&bench, MORE).await;
    let dry = bench.json(&["import", &django, "--dry-run"]);
    let text = bench.run(&["import", &django, "--dry-run"]).text();
    let mut report = bench.json(&["import", &django]);
    assert_eq!(tallies(&report)[0], json!(["auth_user", 14, 14, {}]));
    assert_eq!(
        report["renamed_users"],
        json!([{ "was": "Mu\u{308}ller", "is": "Müller" }, { "was": "bob ", "is": "bob" }])
    );
    assert_eq!(
        report["users_that_look_alike"],
        json!([
            { "username": "ADA", "like": ["ada"] },
            { "username": "ada\u{200b}", "like": ["ADA", "ada"] },
            { "username": "ａｄａ", "like": ["ADA", "ada", "ada\u{200b}"] },
            { "username": "eve ", "like": ["eve"] },
            { "username": "zoe\u{308}", "like": ["zoë"] },
        ])
    );
    report["dry_run"] = true.into();
    assert_eq!(dry, report);
    for line in [
        "\nUsers under another name here (2):\n  `Mu\\u{308}ller` is `Müller`\n  `bob ` is `bob`\n",
        "\nUsers whose names look like those of others (5):\n  `ADA` looks like `ada`\n  `ada\\u{200b}` looks like `ADA`, `ada`\n",
    ] {
        assert!(text.contains(line), "{line}{text}");
    }

    let (store, password) = (bench.store().await, &Secrets::read().passwords["ada"]);
    for (id, there, here) in NAMES {
        assert_eq!(user_of(&store, &format!("token-{id}")).await.as_deref(), Some(here));
        assert!(logs_in(&store, there, password).await, "{there:?}");
        bench.run_with(&["users", "set-password", there], &format!("password of {id}\n")).text();
    }
    for (id, _, here) in NAMES {
        assert!(logs_in(&store, here, &format!("password of {id}")).await, "each has its own: {here:?}");
    }
    assert!(logs_in(&store, "ada", password).await, "nobody's else was changed");

    let again = bench.json(&["import", &django]);
    assert_eq!(tallies(&again)[0], json!(["auth_user", 14, 0, { "already_there": 14 }]));
    assert_eq!((&again["users_that_look_alike"], &again["renamed_users"]), (&json!([]), &json!([])));
    let failure = bench.run(&["users", "create", "Ada", "--no-password"]).failure(3);
    assert!(failure.contains("`Ada` looks like `ADA`"), "{failure}");
}

#[tokio::test]
async fn a_user_who_looks_like_an_account_that_was_here_is_named() {
    let bench = Bench::new("import-names-there");
    let django = sqlite(&bench, "").await;
    bench.user("BOSS");
    let report = bench.json(&["import", &django]);
    assert_eq!(report["users_that_look_alike"], json!([{ "username": "boss", "like": ["BOSS"] }]));
    assert_eq!(user_of(&bench.store().await, &Secrets::read().framework["boss"]).await.as_deref(), Some("boss"));
}

#[tokio::test]
async fn nobody_gets_the_tokens_of_another_whose_name_is_another_form() {
    let bench = Bench::new("import-names-tokens");
    let django = sqlite(&bench, MORE).await;
    for name in ["ada", "Müller", "bob", "eve", "zoë"] {
        bench.user(name);
    }
    let report = bench.json(&["import", &django, "--only", "tokens"]);
    let (imported, skipped) = (&tokens_of_framework(&report)["imported"], &tokens_of_framework(&report)["skipped"]);
    // Of ada, and of the three who are called so here and of whom there is one there.
    assert_eq!((imported, skipped), (&json!(4), &json!({ "no_user": 7 })));
    let store = bench.store().await;
    for (id, _, here) in NAMES {
        let user = user_of(&store, &format!("token-{id}")).await;
        let wanted = ["Müller", "bob", "zoë"].contains(&here).then_some(here);
        assert_eq!(user.as_deref(), wanted, "{id}");
    }
}
