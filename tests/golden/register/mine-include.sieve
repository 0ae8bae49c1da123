require "include";
if size :over 1M { include :personal "hidden"; }
