//! turmoil: simulated hosts, TCP and UDP. Each host is a runtime of its own that is run for a tick
//! of virtual time after the other; what is sent arrives with the next tick, and no earlier.

use std::hint::black_box;
use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use turmoil::net::{TcpListener, TcpStream, UdpSocket};
use turmoil::{Builder, Sim};

use super::wire;
use crate::designs::CAPACITY;

const ANY: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
const PORT: u16 = 9000;
const LONG: Duration = Duration::from_secs(3600);

/// Segments on one TCP connection, one write each.
pub(super) fn stream(segments: u32) -> Duration {
    send_all(network(), segments)
}

/// The same on a network as turmoil configures it, with latencies and room for 64 writes.
pub(super) fn default_stream(segments: u32) -> Duration {
    send_all(Builder::new().simulation_duration(LONG).build(), segments)
}

fn send_all(mut sim: Sim<'_>, segments: u32) -> Duration {
    sim.client("receiver", async move {
        let (mut stream, _) = TcpListener::bind((ANY, PORT)).await?.accept().await?;
        let mut buffer = [0; wire::LENGTH];
        for _ in 0..segments {
            stream.read_exact(&mut buffer).await?;
            black_box(wire::decode(&buffer));
        }
        Ok(())
    });
    sim.client("sender", async move {
        let body = wire::body();
        let mut stream = TcpStream::connect(("receiver", PORT)).await?;
        for number in 0..segments {
            stream
                .write_all(&wire::encode(&wire::segment(number, &body)))
                .await?;
        }
        Ok(())
    });
    timed(sim)
}

/// Two hosts, each of which sends a datagram when it has received one.
pub(super) fn ping(segments: u32) -> Duration {
    let rounds = segments / 2;
    let mut sim = network();
    sim.client("returning", async move {
        let socket = UdpSocket::bind((ANY, PORT)).await?;
        let mut buffer = [0; wire::LENGTH];
        for _ in 0..rounds {
            let (_, from) = socket.recv_from(&mut buffer).await?;
            let segment = wire::decode(&buffer);
            socket.send_to(&wire::encode(&segment), from).await?;
        }
        Ok(())
    });
    sim.client("serving", async move {
        let body = wire::body();
        let socket = UdpSocket::bind((ANY, PORT)).await?;
        let mut buffer = [0; wire::LENGTH];
        for number in 0..rounds {
            let segment = wire::encode(&wire::segment(number, &body));
            socket.send_to(&segment, ("returning", PORT)).await?;
            socket.recv_from(&mut buffer).await?;
            black_box(wire::decode(&buffer));
        }
        Ok(())
    });
    timed(sim)
}

/// A network without loss, on which a segment takes no time but that of a tick.
fn network<'a>() -> Sim<'a> {
    Builder::new()
        .simulation_duration(LONG)
        .min_message_latency(Duration::ZERO)
        .max_message_latency(Duration::ZERO)
        .tcp_capacity(CAPACITY)
        .udp_capacity(CAPACITY)
        .build()
}

fn timed(mut sim: Sim<'_>) -> Duration {
    let start = Instant::now();
    sim.run().expect("the simulation ends well");
    start.elapsed()
}
