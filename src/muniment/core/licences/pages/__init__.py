"""What pages say of rights in markup, links and headings."""
