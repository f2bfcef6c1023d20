//! What is asked of a real PostgreSQL.

use database::{Database, DatabaseAuth, DatabaseSettings, Type};
use lambda_kit::{Classified, ErrorClass};
use local::DataServices;
use settings::Secret;
use site_queries::{QueryError, select};

#[tokio::test]
async fn an_answer_is_one_row_of_json_of_the_expected_type() {
    let services = DataServices::start("site-queries-tests").unwrap();
    let settings = DatabaseSettings {
        url: Secret::new(services.postgres_url()),
        auth: DatabaseAuth::Url,
        ca_file: None,
        connections: 1,
    };
    let database = Database::new(&settings, None).unwrap();
    let name = "O'Brien \u{2013} \"42\"";
    let statement = "SELECT json_build_array($1, 7)";
    let answer: (String, i64) = select(&database, statement, &[(&name, Type::TEXT)])
        .await
        .unwrap();
    assert_eq!(answer, (name.to_owned(), 7));

    let none = select::<i64>(&database, "SELECT '1'::json WHERE false", &[]).await;
    assert!(
        matches!(none, Err(QueryError::Rows { rows: 0 })),
        "{none:?}"
    );
    let two = "SELECT '1'::json UNION ALL SELECT '2'::json";
    let two = select::<i64>(&database, two, &[]).await;
    assert!(matches!(two, Err(QueryError::Rows { rows: 2 })), "{two:?}");
    for other in ["SELECT '\"text\"'::json", "SELECT 1", "SELECT nothing"] {
        let refused = select::<i64>(&database, other, &[]).await.unwrap_err();
        assert!(
            matches!(refused, QueryError::Database(_)),
            "{other}: {refused:?}"
        );
    }
    services.stop_postgres();
    let away = select::<i64>(&database, "SELECT '1'::json", &[])
        .await
        .unwrap_err();
    assert_eq!(away.class(), ErrorClass::Transient);
}
