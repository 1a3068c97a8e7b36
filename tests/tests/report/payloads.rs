//! Payloads whose `Debug` would garble a page or a picture.

use std::fmt;

use shard_mesh::{Endpoint, ShardId};
use tokio::time::sleep;

use crate::child::{failing, pictures, says};
use crate::golden;
use crate::support::ms;

/// Its `Debug` is just this text.
#[derive(Clone)]
struct Raw(String);

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn nasty() -> Vec<Raw> {
    let controls: String = (0..=0x9f_u8).map(char::from).collect();
    let texts = [
        r#"</title><script>alert("&'")</script> ]]> &#0; <!--"#.to_owned(),
        controls,
        "\u{1b}[2J\u{1b}]0;title\u{7}\r\nline\u{2028}another".to_owned(),
        "\u{fffe}\u{ffff}\u{feff}\u{202e}\u{2066}turned".to_owned(),
        "x<&".repeat(1 << 19),
        "🦀 👩‍👩‍👧 é 漢字".to_owned(),
        "שלום العالم".to_owned(),
        String::new(),
    ];
    texts.map(Raw).to_vec()
}

#[shard_mesh::test(leader = 0, followers = [1])]
#[ignore = "fails: `no_payload_garbles_a_page_or_its_picture` runs it"]
async fn nasty_payloads(leader: Endpoint<Raw>, follower: Endpoint<Raw>) {
    for payload in nasty() {
        leader.send_segment(ShardId(1), payload).await.unwrap();
        follower.recv_segment().await.unwrap();
        // A line of its own in the diagram.
        sleep(ms(1)).await;
    }
    panic!("the end");
}

#[shard_mesh::test(peers = 0..2)]
#[ignore = "fails: `no_message_of_a_panic_garbles_a_page` runs it"]
async fn nasty_message(_a: Endpoint<Raw>, _b: Endpoint<Raw>) {
    panic!("up\u{1b}[2J\u{202e}down\u{7}");
}

#[test]
fn no_message_of_a_panic_garbles_a_page() {
    let page = failing("payloads::nasty_message");
    // Above it, the message is as the panic's own hook prints it.
    let (_, page) = page.split_once("shard-mesh: `").unwrap();
    says(page, &[r"panicked: up\u{1b}[2J\u{202e}down\u{7}"]);
    assert!(!page.contains(['\u{1b}', '\u{202e}', '\u{7}']), "{page:?}");
}

#[test]
fn no_payload_garbles_a_page_or_its_picture() {
    let page = failing("payloads::nasty_payloads");
    says(&page, &["reproduced"]);
    says(&page, &["#5", "x<&x<&"]);
    says(&page, &["#6", "🦀"]);
    says(&page, &["#7", "שלום"]);
    let garbles = |c: char| c != '\n' && (c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c));
    assert!(!page.contains(garbles), "{page:?}");
    let (_, diagram) = page.split_once("what happened\n").unwrap();
    assert_eq!(diagram.split("\n\n").next().unwrap().lines().count(), 9);
    let [picture] = &pictures(&page)[..] else {
        panic!("{page}");
    };
    let picture = std::fs::read_to_string(picture).unwrap();
    golden::well_formed(&picture);
    assert!(picture.len() < 20_000, "{} bytes", picture.len());
    assert!(picture.contains("🦀") && picture.contains("שלום"));
    assert!(!picture.contains("<script"), "{picture}");
}
