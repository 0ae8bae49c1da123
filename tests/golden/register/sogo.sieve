require ["fileinto","copy"];
if allof (header :contains ["subject"] "invoice") {
    fileinto "Invoices";
    stop;
}
redirect :copy "me@example.org";
