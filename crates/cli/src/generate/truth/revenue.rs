//! What came in: never a sum over two currencies.

use super::order::{Orders, Placed};
use super::table::{Table, amount};
use anyhow::Result;
use std::collections::BTreeMap;
use std::path::Path;

/// Money of one currency, in cents.
#[derive(Debug, Default)]
struct Sum {
    orders: usize,
    gross: i64,
    returned: i64,
}

impl Sum {
    fn add(&mut self, placed: &Placed) {
        self.orders += usize::from(!placed.cancelled);
        self.gross += placed.contents.total;
        self.returned += placed.returned();
    }

    fn cells(&self) -> [String; 4] {
        let money = [self.gross, self.returned, self.gross - self.returned].map(amount);
        let [gross, returned, net] = money;
        [self.orders.to_string(), gross, returned, net]
    }
}

/// Writes `revenue.csv` and `customer_revenue.csv`.
pub(super) fn write(folder: &Path, orders: &Orders) -> Result<()> {
    let mut shops: BTreeMap<&str, Sum> = BTreeMap::new();
    let mut customers: BTreeMap<(&str, &str), Sum> = BTreeMap::new();
    for placed in &orders.all {
        shops.entry(placed.currency).or_default().add(placed);
        customers.entry((&placed.person, placed.currency)).or_default().add(placed);
    }
    let mut table = Table::begin(folder, "revenue", "currency,orders,gross,returned,net")?;
    for (currency, sum) in shops {
        let [orders, gross, returned, net] = sum.cells();
        table.line([currency, &orders, &gross, &returned, &net])?;
    }
    table.end()?;
    let mut table = Table::begin(folder, "customer_revenue", "person_id,currency,orders,gross,returned,net")?;
    for ((person, currency), sum) in customers {
        let [orders, gross, returned, net] = sum.cells();
        table.line([person, currency, &orders, &gross, &returned, &net])?;
    }
    table.end()
}
