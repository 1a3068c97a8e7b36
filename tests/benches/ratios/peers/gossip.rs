//! Hosts of turmoil's that gossip in datagrams over links with latency.

use std::hint::black_box;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::rc::Rc;
use std::time::{Duration, Instant};

use fastrand::Rng;
use turmoil::net::UdpSocket;
use turmoil::{Builder, Sim};

use super::wire;
use crate::faults::load;

const HOSTS: u32 = 100;
/// Simulated. A minute takes a minute, and each second of it costs the same.
const SECONDS: u32 = 3;
const ANY: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
const PORT: u16 = 9000;

/// What one segment takes, without the set-up.
pub(crate) fn seconds() -> Duration {
    let [least, most] = load::LATENCY;
    let mut sim = Builder::new()
        .simulation_duration(Duration::from_secs(3600))
        .min_message_latency(least)
        .max_message_latency(most)
        .build();
    for host in 0..HOSTS {
        add(&mut sim, host);
    }
    let start = Instant::now();
    sim.run().expect("the simulation ends well");
    start.elapsed() / load::segments(HOSTS, SECONDS)
}

fn add(sim: &mut Sim<'_>, host: u32) {
    sim.client(name(host), async move {
        let socket = Rc::new(UdpSocket::bind((ANY, PORT)).await?);
        let receiving = tokio::task::spawn_local(receive(socket.clone()));
        let mut rng = Rng::with_seed(host.into());
        let body = wire::body();
        let peers: Vec<_> = (0..HOSTS)
            .map(|host| SocketAddr::new(turmoil::lookup(name(host)), PORT))
            .collect();
        tokio::time::sleep(load::offset(host)).await;
        for number in 0..SECONDS {
            for _ in 0..load::FANOUT {
                let to = peers[load::peer(&mut rng, host, HOSTS) as usize];
                let segment = wire::encode(&wire::segment(number, &body));
                socket.send_to(&segment, to).await?;
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        receiving.abort();
        Ok(())
    });
}

async fn receive(socket: Rc<UdpSocket>) {
    let mut buffer = [0; wire::LENGTH];
    while socket.recv_from(&mut buffer).await.is_ok() {
        black_box(wire::decode(&buffer));
    }
}

fn name(host: u32) -> String {
    format!("host-{host}")
}
