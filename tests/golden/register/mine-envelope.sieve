require ["envelope","body"];
if allof (envelope :is "from" "x@example.org", not body :text :contains "secret", size :under 10K) { redirect "a@example.net"; }
