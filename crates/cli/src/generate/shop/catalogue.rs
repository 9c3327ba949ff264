//! What the shop sells.

/// A thing for sale.
#[derive(Debug)]
pub(crate) struct Item {
    /// The shop's identifier.
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) brand: &'static str,
    pub(crate) category: &'static str,
    /// Price of one, in hundredths of the currency.
    pub(crate) cents: i64,
    pub(crate) variants: &'static [&'static str],
}

/// The sections of the shop.
pub(crate) const CATEGORIES: [&str; 6] = ["shoes", "jackets", "kitchen", "garden", "books", "toys"];

const SIZES: &[&str] = &["S", "M", "L", "XL"];
const FEET: &[&str] = &["black / 38", "black / 41", "black / 44", "white / 38", "white / 41"];
const COLOURS: &[&str] = &["blue", "green", "terracotta", "schwarz/weiß"];
const ONE: &[&str] = &["standard"];

/// The catalogue, what sells best first.
pub(crate) static ITEMS: [Item; 36] = [
    item("SKU-1001", "Trail Runner 3", "Fellhof", "shoes", 12_995, FEET),
    item("SKU-1002", "Canvas Sneaker", "Kjøbe", "shoes", 4_990, FEET),
    item("SKU-2001", "Rain Jacket Åre", "Nordvind", "jackets", 18_900, SIZES),
    item("SKU-3001", "Chef's Knife 20 cm", "Schärfe & Söhne", "kitchen", 7_495, ONE),
    item("SKU-5001", "The Long Way to Lisbon", "Quayside", "books", 1_499, &["paperback", "hardcover", "e-book"]),
    item("SKU-6001", "Wooden Train Set", "Baumhaus", "toys", 3_995, ONE),
    item("SKU-3002", "Cast-Iron Pan 28\"", "Schärfe & Söhne", "kitchen", 5_900, ONE),
    item("SKU-4001", "Watering Can 5 l", "Grünzeug", "garden", 2_450, COLOURS),
    item("SKU-1003", "Hiking Boot GTX", "Fellhof", "shoes", 19_995, FEET),
    item("SKU-2002", "Down Vest", "Nordvind", "jackets", 9_950, SIZES),
    item("SKU-3003", "Espresso Cups (set of 6)", "Tazza", "kitchen", 2_999, COLOURS),
    item("SKU-6002", "Memory Game \"Animals\"", "Baumhaus", "toys", 1_295, ONE),
    item("SKU-5002", "Bread: A Field Guide", "Quayside", "books", 2_800, &["hardcover", "e-book"]),
    item("SKU-4002", "Pruning Shears", "Grünzeug", "garden", 1_990, ONE),
    item("SKU-1004", "Slipper Filz", "Fellhof", "shoes", 3_499, FEET),
    item("SKU-2003", "Softshell Jacket", "Nordvind", "jackets", 11_900, SIZES),
    item("SKU-3004", "Tea Bowl 茶碗", "Ōkami", "kitchen", 4_200, COLOURS),
    item("SKU-6003", "Kite Albatross", "Baumhaus", "toys", 2_250, ONE),
    item("SKU-5003", "Grammatik für Eilige", "Verlag am Fluss", "books", 999, &["paperback"]),
    item("SKU-4003", "Raised Bed, larch", "Grünzeug", "garden", 24_900, &["80 cm", "120 cm", "160 cm"]),
    item("SKU-1005", "Sandal Capri", "Kjøbe", "shoes", 5_990, FEET),
    item("SKU-2004", "Wool Coat", "Maison Épée", "jackets", 32_900, SIZES),
    item("SKU-3005", "Crème brûlée torch", "Tazza", "kitchen", 3_450, ONE),
    item("SKU-6004", "Marble Run XXL", "Baumhaus", "toys", 8_999, ONE),
    item("SKU-5004", "Kulinarische Reisen", "Verlag am Fluss", "books", 3_900, &["hardcover"]),
    item("SKU-4004", "Solar Lantern", "Lumen+", "garden", 1_750, COLOURS),
    item("SKU-1006", "Rubber Boot", "Kjøbe", "shoes", 4_495, FEET),
    item("SKU-2005", "Cycling Cape", "Nordvind", "jackets", 6_990, SIZES),
    item("SKU-3006", "Kettle 1.7 l", "Tazza", "kitchen", 5_495, COLOURS),
    item("SKU-6005", "Plush Fox 🦊", "Baumhaus", "toys", 1_999, ONE),
    item("SKU-5005", "Atlas of Small Islands", "Quayside", "books", 4_500, &["hardcover"]),
    item("SKU-4005", "Seed Box \"Bees & Butterflies\"", "Grünzeug", "garden", 1_190, ONE),
    item("SKU-3007", "Paper Straws, 100 pcs", "Tazza", "kitchen", 349, COLOURS),
    item("SKU-6006", "Balloons, 20 pcs", "Baumhaus", "toys", 275, ONE),
    item("SKU-4006", "Garden Bench", "Lumen+", "garden", 45_900, &["120 cm", "150 cm"]),
    item("GIFT-25", "Gift Card", "Shop", "toys", 2_500, ONE),
];

const fn item(
    id: &'static str,
    name: &'static str,
    brand: &'static str,
    category: &'static str,
    cents: i64,
    variants: &'static [&'static str],
) -> Item {
    Item { id, name, brand, category, cents, variants }
}

/// The items of a section, in the catalogue's order.
pub(crate) fn of_category(category: &str) -> Vec<&'static Item> {
    ITEMS.iter().filter(|item| item.category == category).collect()
}
