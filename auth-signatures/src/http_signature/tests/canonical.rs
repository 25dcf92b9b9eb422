//! Compares the fast parser with the parser of structured fields.

use proptest::prelude::*;

use super::super::canonical::read;
use super::super::component::MAX_COMPONENTS;
use super::super::input::SignatureInput;
use super::super::read::read_any;

/// Returns the results of both parsers for the text.
fn both(text: &str) -> (Option<String>, Option<String>) {
    let slow = read_any(text.as_bytes(), MAX_COMPONENTS).ok();
    let slow = slow.and_then(|inputs| <[SignatureInput; 1]>::try_from(inputs).ok());
    let fast = read(text.as_bytes(), MAX_COMPONENTS);
    (fast.map(|input| format!("{input:?}")), slow.map(|[input]| format!("{input:?}")))
}

#[test]
fn fast_parser_agrees_on_the_usual_form() {
    for text in [
        "sig1=(\"@method\" \"@target-uri\");created=1618884473;keyid=\"test-key\"",
        "*a._-9=();created=0;expires=999999999999999;nonce=\"a b\";alg=\"x\";keyid=\"\";tag=\"~!\";other=\"1\";more=7",
        "a=(\"content-type\")",
        "a=()",
    ] {
        let (fast, slow) = both(text);
        assert!(fast.is_some(), "{text}");
        assert_eq!(fast, slow, "{text}");
    }
}

#[test]
fn fast_parser_leaves_other_forms_to_the_full_parser() {
    let long = format!("a=({})", vec!["\"x\""; MAX_COMPONENTS + 1].join(" "));
    for text in [
        "",
        " a=()",
        "a=() ",
        "a=(), b=()",
        "A=()",
        "a",
        "a=1",
        "a=(",
        "a=( )",
        "a=(\"date\"  \"host\")",
        "a=(\"date\" )",
        "a=(\"date\"\"host\")",
        "a=(\"date\" \"date\")",
        "a=(\"Date\")",
        "a=(\"@foo\")",
        "a=(\"@query-param\")",
        "a=(\"date\";sf)",
        "a=(date)",
        "a=();created",
        "a=();created=?1",
        "a=();created=01",
        "a=();created=-1",
        "a=();created=1.5",
        "a=();created=1000000000000000",
        "a=();created=99999999999999999999999",
        "a=();created=1;created=1",
        "a=();created=\"1\"",
        "a=();keyid=1",
        "a=(); keyid=\"k\"",
        "a=();keyid=\"k\\\"\"",
        "a=();keyid=\"k\t\"",
        "a=();keyid=\"é\"",
        "a=();keyid=\"k",
        "a=();keyid=k",
        "a=();keyid=:aw==:",
        &long,
    ] {
        assert!(both(text).0.is_none(), "{text}");
    }
}

proptest! {
    #[test]
    fn what_is_read_is_what_the_other_reader_reads(
        text in "[ab*]=\\(( {0,2}\"@?[a-z]{1,2}(\\\\\")?\"(;req)?){0,3} ?\\)(; ?(created|expires|keyid|alg|x)=?(\"[ -~]{0,4}\"|-?[0-9]{1,16}|\\?1|a)?){0,4}|\\PC{0,20}",
    ) {
        let (fast, slow) = both(&text);
        prop_assert!(fast.is_none() || fast == slow);
    }
}
