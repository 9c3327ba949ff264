//! The four operations of AWS Glue that registering partitions takes.
//! <https://docs.aws.amazon.com/glue/latest/webapi/WebAPI_catalog.html>

use crate::client::{Client, Failure};
use chrono::NaiveDate;
use clickstream::partition::{Values, prefix};
use clickstream::schema::PARTITION_KEYS;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// The most partitions that `BatchCreatePartition` takes.
pub const MOST_CREATED: usize = 100;

/// The most partitions that `BatchDeletePartition` takes.
pub const MOST_DELETED: usize = 25;

/// What Glue says of one partition of a batch.
pub type Refused = (Values, Failure);

/// The table, in Glue.
#[derive(Debug)]
pub struct Glue<'a> {
    /// Makes the calls.
    pub client: &'a mut Client,
    /// The table's database.
    pub database: &'a str,
    /// The table's name.
    pub table: &'a str,
}

/// What a new partition takes over from its table.
#[derive(Debug)]
pub struct Template {
    descriptor: Map<String, Value>,
    /// `s3://bucket/events/`.
    location: String,
}

/// Which partitions of the table, by date; both ends included.
#[derive(Debug, Clone, Copy)]
pub enum Dates {
    /// From the first to the second.
    Between(NaiveDate, NaiveDate),
    /// Older than this.
    Before(NaiveDate),
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GotTable {
    table: Table,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Table {
    #[serde(default)]
    storage_descriptor: Map<String, Value>,
    #[serde(default)]
    partition_keys: Vec<Key>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Key {
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GotPartitions {
    #[serde(default)]
    partitions: Vec<Partition>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Partition {
    values: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Batched {
    #[serde(default)]
    errors: Vec<ItemError>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ItemError {
    partition_values: Values,
    error_detail: Detail,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Detail {
    error_code: String,
    error_message: String,
}

impl Glue<'_> {
    /// `GetTable`: what new partitions take over.
    ///
    /// # Errors
    /// What Glue says, or that the table is not one that the transform's rows can be registered in.
    pub fn template(&mut self) -> Result<Template, Failure> {
        let request = json!({ "DatabaseName": self.database, "Name": self.table });
        let GotTable { table } = self.client.call("GetTable", &request)?;
        let keys: Vec<_> = table.partition_keys.iter().map(|key| key.name.as_str()).collect();
        if keys != PARTITION_KEYS {
            return Err(
                self.unfit(&format!("is partitioned by {keys:?}; rows are by {PARTITION_KEYS:?}, in this order"))
            );
        }
        match table.storage_descriptor.get("Location").and_then(Value::as_str) {
            Some(location) if location.starts_with("s3://") => {
                let location = format!("{}/", location.trim_end_matches('/'));
                Ok(Template { descriptor: table.storage_descriptor, location })
            }
            _ => Err(self.unfit("has no location in S3; give it that of the stream's prefix, s3://<bucket>/events/")),
        }
    }

    fn unfit(&self, why: &str) -> Failure {
        Failure::new("UnfitTable", &format!("{}.{} {why}", self.database, self.table))
    }

    /// `GetPartitions`, page by page: what is registered.
    ///
    /// # Errors
    /// What Glue says.
    pub fn registered(&mut self, dates: Dates) -> Result<Vec<Values>, Failure> {
        let date = PARTITION_KEYS[1];
        // Glue wants the literals of a date column quoted.
        let expression = match dates {
            Dates::Between(first, last) => format!("{date} >= '{first}' AND {date} <= '{last}'"),
            Dates::Before(cutoff) => format!("{date} < '{cutoff}'"),
        };
        let mut request = self.request("Expression", expression.into());
        // A partition's columns are the bulk of it, and of no use here.
        request["ExcludeColumnSchema"] = true.into();
        let mut found = Vec::new();
        loop {
            let page: GotPartitions = self.client.call("GetPartitions", &request)?;
            found.extend(page.partitions.into_iter().filter_map(|partition| Values::try_from(partition.values).ok()));
            match page.next_token.filter(|token| !token.is_empty()) {
                Some(token) => request["NextToken"] = token.into(),
                None => return Ok(found),
            }
        }
    }

    /// `BatchCreatePartition`: registers at most [`MOST_CREATED`] partitions and returns those that were refused.
    ///
    /// # Errors
    /// What Glue says of all of them.
    pub fn create(&mut self, template: &Template, batch: &[Values]) -> Result<Vec<Refused>, Failure> {
        let inputs = batch.iter().map(|values| template.partition(values)).collect();
        self.batch("BatchCreatePartition", "PartitionInputList", inputs)
    }

    /// `BatchDeletePartition`: removes at most [`MOST_DELETED`] partitions and returns those that were refused.
    ///
    /// # Errors
    /// What Glue says of all of them.
    pub fn delete(&mut self, batch: &[Values]) -> Result<Vec<Refused>, Failure> {
        let values = batch.iter().map(|values| json!({ "Values": values })).collect();
        self.batch("BatchDeletePartition", "PartitionsToDelete", values)
    }

    fn batch(&mut self, operation: &str, member: &str, items: Value) -> Result<Vec<Refused>, Failure> {
        let Batched { errors } = self.client.call(operation, &self.request(member, items))?;
        let failure = |detail: &Detail| Failure::new(&detail.error_code, &detail.error_message);
        Ok(errors.into_iter().map(|error| (error.partition_values, failure(&error.error_detail))).collect())
    }

    fn request(&self, member: &str, value: Value) -> Value {
        let mut request = json!({ "DatabaseName": self.database, "TableName": self.table });
        request[member] = value;
        request
    }
}

impl Template {
    /// A `PartitionInput`: the table's storage descriptor, at the partition's own place.
    fn partition(&self, values: &Values) -> Value {
        let mut descriptor = self.descriptor.clone();
        descriptor.insert("Location".into(), format!("{}{}", self.location, prefix(values)).into());
        json!({ "Values": values, "StorageDescriptor": descriptor })
    }
}
