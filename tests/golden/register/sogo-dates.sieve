require ["date","relational","copy"];
if allof ( currentdate :value "ge" "date" "2027-03-01", currentdate :value "lt" "date" "2027-04-01" ) {
redirect :copy "a@example.net";
}
