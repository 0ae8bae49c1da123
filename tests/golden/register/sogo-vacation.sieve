require ["vacation","copy"];
vacation :days 7 :addresses ["anna@example.com"] text:
Away.
.
;
redirect :copy "deputy@example.com";
