redirect text:
evil@example.net
.
;
