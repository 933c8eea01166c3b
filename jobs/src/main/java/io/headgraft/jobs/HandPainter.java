package io.headgraft.jobs;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.RadialGradientPaint;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.geom.Area;
import java.awt.geom.Path2D;
import java.awt.geom.Point2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.awt.image.ConvolveOp;
import java.awt.image.Kernel;
import java.awt.image.RescaleOp;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Paints one photo-like picture of a hand. Its gesture shows in the shape of the hand alone: skin,
 * light, sleeve and background are drawn alike for all, so they tell a classifier nothing.
 *
 * <p>The hand is drawn in its own units, y downwards: the palm lies around the origin and is about
 * 90 wide, the thumb is on the left, and the wrist is at y = 60.
 */
final class HandPainter {
  /** The gestures there are; their order is part of what a seed means. */
  enum Gesture {
    FIST("\u270A", 0, 0.45),
    PALM("\u270B", -34, 0.32),
    VICTORY("\u270C\uFE0F", -38, 0.33);

    private final String label;
    private final double middle;
    private final double zoom;

    /** Takes the label, the y of the middle of the hand, and the usual size of 100 units. */
    Gesture(String label, double middle, double zoom) {
      this.label = label;
      this.middle = middle;
      this.zoom = zoom;
    }

    /** Returns the name of the class: one emoji. */
    String label() {
      return label;
    }
  }

  /** A piece of a finger; its angle is in degrees, clockwise from upright. */
  private record Bone(Point2D from, double angle, double length, double thick) {
    Point2D at(double part) {
      return beside(from, angle - 90, part * length);
    }
  }

  private static final Color[] SKIN = {
    new Color(255, 222, 200),
    new Color(242, 198, 160),
    new Color(222, 168, 122),
    new Color(190, 132, 90),
    new Color(141, 90, 58),
    new Color(98, 62, 42),
    new Color(66, 43, 32)
  };
  private static final double[] FINGER_X = {-34, -11.5, 11.5, 33.5};
  private static final double[] FINGER_Y = {-36, -42, -40, -31};
  private static final double[] FINGER_LENGTH = {76, 88, 80, 60};
  private static final double[] FINGER_ANGLE = {-14, -3, 8, 21};

  /** Half the side of a square that covers every photo, however it is turned. */
  private static final int FAR = 400;

  private final SplittableRandom random;
  private final BufferedImage photo;
  private final Color skin;
  private final Color shade;
  private final double thickness;

  private HandPainter(SplittableRandom random) {
    this.random = random;
    int width = random.nextInt(240, 321);
    int height = random.nextInt(240, 321);
    this.photo = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    double tone = between(0, SKIN.length - 1.001);
    this.skin = mix(SKIN[(int) tone], SKIN[(int) tone + 1], tone % 1);
    this.shade = mix(skin, new Color(50, 12, 0), 0.5 + 0.04 * tone);
    this.thickness = between(0.9, 1.1);
  }

  /**
   * Draws a hand showing a gesture, each side of the picture 240 to 320 pixels.
   *
   * @param random decides everything but the gesture
   */
  static BufferedImage draw(Gesture gesture, SplittableRandom random) {
    HandPainter painter = new HandPainter(random);
    painter.background();
    painter.lay(painter.hand(gesture));
    return painter.expose(blur(painter.photo, random.nextInt(1, 4)));
  }

  private void background() {
    Graphics2D g = graphics(photo);
    g.translate(photo.getWidth() / 2, photo.getHeight() / 2);
    g.rotate(Math.toRadians(between(-180, 180)));
    Color color = backdrop();
    Color other = mix(color, backdrop(), between(0.3, 0.8));
    g.setPaint(new GradientPaint(0, -200, color, 0, 200, mix(color, other, between(0, 0.7))));
    g.fillRect(-FAR, -FAR, 2 * FAR, 2 * FAR);
    switch (random.nextInt(4)) {
      case 0 -> planks(g);
      case 1 -> blobs(g);
      case 2 -> cloth(g, other);
      default -> {} // A plain wall.
    }
    g.dispose();
  }

  private void planks(Graphics2D g) {
    double plank = between(28, 70);
    for (double x = -FAR; x < FAR; x += plank) {
      g.setColor(alpha(random.nextBoolean() ? Color.BLACK : Color.WHITE, between(0, 0.14)));
      g.fill(new Rectangle2D.Double(x, -FAR, plank, 2 * FAR));
      for (int grain = 0; grain < 6; grain++) {
        double at = x + between(0, plank);
        line(g, alpha(Color.BLACK, 0.12), between(0.6, 2), curve(at, -FAR, at + 4, FAR, 5));
      }
      line(g, alpha(Color.BLACK, 0.45), 1.8, curve(x, -FAR, x, FAR, 0));
    }
  }

  private void blobs(Graphics2D g) {
    for (int blob = 0; blob < 22; blob++) {
      double radius = between(18, 75);
      double x = between(-190, 190);
      double y = between(-190, 190);
      Color color = backdrop();
      g.setPaint(
          new RadialGradientPaint(
              (float) x,
              (float) y,
              (float) radius,
              new float[] {0.4f, 1},
              new Color[] {alpha(color, 0.6), alpha(color, 0)}));
      g.fill(new Rectangle2D.Double(x - radius, y - radius, 2 * radius, 2 * radius));
    }
  }

  private void cloth(Graphics2D g, Color thread) {
    double check = between(12, 34);
    g.setColor(alpha(thread, between(0.35, 0.6)));
    for (double at = -FAR; at < FAR; at += 2 * check) {
      g.fill(new Rectangle2D.Double(at, -FAR, check, 2 * FAR));
      g.fill(new Rectangle2D.Double(-FAR, at, 2 * FAR, check));
    }
  }

  /** Returns a colour that the skin stands out from. */
  private Color backdrop() {
    Color color;
    do {
      color =
          Color.getHSBColor(
              (float) between(0, 1), (float) between(0.05, 0.6), (float) between(0.2, 0.97));
    } while (Math.abs(color.getRed() - skin.getRed())
            + Math.abs(color.getGreen() - skin.getGreen())
            + Math.abs(color.getBlue() - skin.getBlue())
        < 130);
    return color;
  }

  private BufferedImage hand(Gesture gesture) {
    int width = photo.getWidth();
    int height = photo.getHeight();
    BufferedImage layer = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
    Graphics2D g = graphics(layer);
    g.translate(width * between(0.43, 0.57), height * between(0.46, 0.56));
    g.rotate(Math.toRadians(between(-25, 25)));
    double zoom = gesture.zoom * Math.min(width, height) / 100 * between(0.8, 1.25);
    g.scale(random.nextBoolean() ? zoom : -zoom, zoom * between(0.92, 1.08));
    g.shear(between(-0.08, 0.08), 0);
    g.translate(0, -gesture.middle);
    switch (gesture) {
      case FIST -> fist(g);
      case PALM -> palm(g);
      case VICTORY -> victory(g);
    }
    sleeve(g);
    g.dispose();
    return layer;
  }

  private void fist(Graphics2D g) {
    raised(g);
    for (int finger = 3; finger >= 0; finger--) {
      folded(g, finger);
    }
    thumb(g, between(64, 78));
  }

  private void palm(Graphics2D g) {
    double spread = between(0.8, 1.3);
    Bone[] bones = new Bone[6];
    for (int i = 0; i < FINGER_ANGLE.length; i++) {
      bones[i] = finger(i, FINGER_ANGLE[i] * spread + between(-2, 2));
    }
    bones[4] = new Bone(new Point2D.Double(-20, 32), between(-60, -48), 42, 17 * thickness);
    bones[5] = new Bone(bones[4].at(1), bones[4].angle + between(8, 24), 36, 13.5 * thickness);
    raised(g, bones);
    crease(g, curve(-38, -8, 34, -20, 9));
    crease(g, curve(-40, -2, 26, 14, -9));
    crease(g, curve(-34, -6, -8, 50, -20));
  }

  private void victory(Graphics2D g) {
    double spread = between(13, 21);
    double lean = between(-5, 3);
    raised(g, finger(0, lean - spread), finger(1, lean + spread));
    folded(g, 3);
    folded(g, 2);
    thumb(g, between(52, 64));
  }

  /** Draws the arm, the palm, and what is stretched out from it as one piece of skin. */
  private void raised(Graphics2D g, Bone... bones) {
    Path2D palm = new Path2D.Double();
    palm.moveTo(-29, FAR);
    palm.lineTo(-27, 62);
    palm.curveTo(-44, 46, -50, 10, -46, -34);
    palm.curveTo(-30, -56, 26, -58, 45, -30);
    palm.curveTo(49, 5, 40, 42, 28, 62);
    palm.lineTo(31, FAR);
    Area shape = new Area(palm);
    for (Bone bone : bones) {
      shape.add(limb(bone));
    }
    body(g, shape, skin, shade);
    for (Bone bone : bones) {
      joint(g, bone, 0.45);
      joint(g, bone, 0.75);
    }
  }

  private Bone finger(int finger, double angle) {
    return new Bone(
        new Point2D.Double(FINGER_X[finger], FINGER_Y[finger]),
        angle,
        FINGER_LENGTH[finger] * between(0.92, 1.06),
        12.2 * thickness);
  }

  private void folded(Graphics2D g, int finger) {
    Point2D knuckle =
        new Point2D.Double(FINGER_X[finger], FINGER_Y[finger] - 3 + between(-1.5, 1.5));
    Bone bone = new Bone(knuckle, 180 + between(-3, 3), between(33, 40), 13.2);
    body(g, limb(bone), skin, shade);
    joint(g, bone, 0.15);
    joint(g, bone, 0.24);
  }

  private void thumb(Graphics2D g, double angle) {
    Bone root = new Bone(new Point2D.Double(-33, 30), angle, between(43, 54), between(13, 14.5));
    Bone tip = new Bone(root.at(1), angle + between(2, 16), 24, root.thick * 0.92);
    Area shape = limb(root);
    shape.add(limb(tip));
    body(g, shape, skin, shade);
    joint(g, tip, 0);
    Shape nail = limb(new Bone(tip.at(0.95), tip.angle, 9, 6.5));
    g.setColor(mix(skin, new Color(255, 225, 220), 0.4));
    g.fill(nail);
    line(g, alpha(shade, 0.5), 0.9, nail);
  }

  private void sleeve(Graphics2D g) {
    double cuff = between(72, 130);
    double wide = between(36, 46);
    Color color = backdrop();
    Shape cloth = new Rectangle2D.Double(-wide, cuff, 2 * wide, FAR);
    body(g, cloth, color, mix(color, Color.BLACK, 0.6));
    line(g, alpha(Color.BLACK, 0.3), 1.5, curve(-wide, cuff + 12, wide, cuff + 12, 3));
  }

  /** Fills a shape and darkens it towards its edge, which makes it look round. */
  private static void body(Graphics2D g, Shape shape, Color color, Color edge) {
    Rectangle2D box = shape.getBounds2D();
    g.setPaint(
        new GradientPaint(
            -40,
            (float) box.getMinY(),
            mix(color, Color.WHITE, 0.1),
            60,
            (float) Math.min(box.getMaxY(), 90),
            mix(color, edge, 0.12)));
    g.fill(shape);
    Graphics2D inside = (Graphics2D) g.create();
    inside.clip(shape);
    for (double width = 15; width >= 3; width -= 3) {
      line(inside, alpha(edge, 0.09), width, shape);
    }
    inside.dispose();
    line(g, alpha(edge, 0.75), 1.5, shape);
  }

  private void joint(Graphics2D g, Bone bone, double part) {
    Point2D left = beside(bone.at(part), bone.angle, -0.55 * bone.thick);
    Point2D right = beside(bone.at(part), bone.angle, 0.55 * bone.thick);
    crease(g, curve(left.getX(), left.getY(), right.getX(), right.getY(), 2));
  }

  private void crease(Graphics2D g, Shape mark) {
    line(g, alpha(shade, 0.5), between(0.9, 1.6), mark);
  }

  /** Returns the outline of a bone: half a circle around its end, half a wider one at its root. */
  private static Area limb(Bone bone) {
    Path2D path = new Path2D.Double();
    Point2D side = beside(bone.from, bone.angle, bone.thick);
    path.moveTo(side.getX(), side.getY());
    for (int turn = 0; turn <= 360; turn += 12) {
      Point2D at =
          turn <= 180
              ? beside(bone.from, bone.angle + turn, bone.thick)
              : beside(bone.at(1), bone.angle + turn, 0.84 * bone.thick);
      path.lineTo(at.getX(), at.getY());
    }
    path.closePath();
    return new Area(path);
  }

  /** Returns the point so far from another, at degrees clockwise from rightwards. */
  private static Point2D beside(Point2D from, double degrees, double distance) {
    double turn = Math.toRadians(degrees);
    return new Point2D.Double(
        from.getX() + distance * Math.cos(turn), from.getY() + distance * Math.sin(turn));
  }

  /** Returns a line between two points that sags by so much in its middle. */
  private static Shape curve(double x, double y, double toX, double toY, double sag) {
    double pull = 2 * sag / Math.hypot(toX - x, toY - y);
    Path2D path = new Path2D.Double();
    path.moveTo(x, y);
    path.quadTo(
        (x + toX - 2 * pull * (toY - y)) / 2, (y + toY + 2 * pull * (toX - x)) / 2, toX, toY);
    return path;
  }

  private static void line(Graphics2D g, Color color, double width, Shape shape) {
    g.setColor(color);
    g.setStroke(new BasicStroke((float) width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    g.draw(shape);
  }

  /** Lays the hand over the background, with its soft shadow in between. */
  private void lay(BufferedImage hand) {
    float[] veil = {0, 0, 0, (float) between(0.25, 0.6)};
    BufferedImage shadow = new RescaleOp(veil, new float[4], null).filter(hand, null);
    shadow = blur(blur(shadow, random.nextInt(3, 12)), 9);
    Graphics2D g = graphics(photo);
    g.drawImage(shadow, random.nextInt(-12, 13), random.nextInt(2, 13), null);
    g.drawImage(hand, 0, 0, null);
    g.dispose();
  }

  /** Adds what a camera would: uneven light, darker corners, a colour cast, and noise. */
  private BufferedImage expose(BufferedImage picture) {
    double across = between(-0.35, 0.35);
    double down = between(-0.35, 0.35);
    double corners = between(0, 0.7);
    double noise = between(3, 14);
    double bright = between(0.82, 1.12);
    double[] cast = {between(0.9, 1.1) * bright, bright, between(0.86, 1.12) * bright};
    for (int y = 0; y < picture.getHeight(); y++) {
      double v = (double) y / picture.getHeight() - 0.5;
      for (int x = 0; x < picture.getWidth(); x++) {
        double u = (double) x / picture.getWidth() - 0.5;
        double light = (1 + across * u + down * v) * (1 - corners * (u * u + v * v));
        int exposed = 0;
        for (int channel = 0; channel < 3; channel++) {
          int value = (picture.getRGB(x, y) >> (16 - 8 * channel)) & 255;
          // Two uniform draws are noise enough, and every Java release draws them alike.
          double grain = noise * (random.nextDouble() + random.nextDouble() - 1);
          double lit = value * light * cast[channel] + grain;
          exposed = exposed << 8 | (int) Math.max(0, Math.min(255, lit));
        }
        picture.setRGB(x, y, exposed);
      }
    }
    return picture;
  }

  private static BufferedImage blur(BufferedImage image, int size) {
    float[] weights = new float[size];
    Arrays.fill(weights, 1f / size);
    Kernel row = new Kernel(size, 1, weights);
    Kernel column = new Kernel(1, size, weights);
    BufferedImage rows = new ConvolveOp(row, ConvolveOp.EDGE_NO_OP, null).filter(image, null);
    return new ConvolveOp(column, ConvolveOp.EDGE_NO_OP, null).filter(rows, null);
  }

  private static Graphics2D graphics(BufferedImage image) {
    Graphics2D g = image.createGraphics();
    g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    return g;
  }

  private double between(double low, double high) {
    return low + (high - low) * random.nextDouble();
  }

  private static Color alpha(Color color, double opacity) {
    return new Color((color.getRGB() & 0xFFFFFF) | ((int) (255 * opacity) << 24), true);
  }

  private static Color mix(Color from, Color to, double part) {
    return new Color(
        (int) (from.getRed() + part * (to.getRed() - from.getRed())),
        (int) (from.getGreen() + part * (to.getGreen() - from.getGreen())),
        (int) (from.getBlue() + part * (to.getBlue() - from.getBlue())));
  }
}
