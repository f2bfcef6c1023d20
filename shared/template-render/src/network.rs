//! Blocks of addresses, as `Fn::Cidr` cuts them:
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-cidr.html>.

use std::net::Ipv4Addr;

/// The first `count` subnets of an IPv4 block that have `bits` bits for hosts; none where they
/// do not fit, or the block is none.
pub(crate) fn subnets(block: &str, count: u32, bits: u32) -> Option<Vec<String>> {
    let (address, prefix) = block.split_once('/')?;
    let address: Ipv4Addr = address.parse().ok()?;
    let prefix: u32 = prefix.parse().ok()?;
    if prefix > 32 || bits > 32 || !(1..=256).contains(&count) {
        return None;
    }
    let free = (32 - prefix).checked_sub(bits)?;
    if u64::from(count) > 1 << free {
        return None;
    }
    // In 64 bits: a block of 32 bits is everything.
    let size = 1_u64 << (32 - prefix);
    let base = u64::from(u32::from(address)) / size * size;
    let subnets = (0..u64::from(count)).map(|index| {
        let start = u32::try_from(base + (index << bits)).ok()?;
        Some(format!("{}/{}", Ipv4Addr::from(start), 32 - bits))
    });
    subnets.collect()
}
